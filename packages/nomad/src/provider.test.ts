import type { LogLine, ResolvedPod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { createNomadProvider } from "./provider.ts";
import { FakeNomad } from "./testdata/fake-nomad.ts";
import { taskStates } from "./testdata/nomad-objects.ts";
import { podContext, resolvedContainer, resolvedPod } from "./testdata/pods.ts";
import { jobId } from "./translate/identity.ts";

function setUp() {
  const nomad = new FakeNomad();
  const provider = createNomadProvider({ nodeName: "vk-1", network: "host" }, { client: nomad });
  return { nomad, provider, context: podContext() };
}

function podWithSecret(): ResolvedPod {
  const value = { parts: ["geheim"], secret: true };
  return resolvedPod({
    containers: [resolvedContainer("app", { env: [{ name: "X", value, source: "secret" }] })],
  });
}

describe("createNomadProvider", () => {
  it("reads the MHz per core once, from the slowest eligible node", async () => {
    const { nomad, provider, context } = setUp();
    await provider.createPod(resolvedPod(), context);
    await provider.createPod(resolvedPod(), context);
    expect(nomad.calls.filter((call) => call.operation === "listNodes")).toHaveLength(1);
    const { capacity } = await provider.describeNode(context);
    expect(capacity["cpu"]).toBe("4000m");
  });

  it("creates nothing while no node tells what a core is", async () => {
    const { nomad, provider, context } = setUp();
    nomad.nodes = [];
    await expect(provider.createPod(resolvedPod(), context)).rejects.toMatchObject({
      code: "CapacityExceeded",
    });
    expect(nomad.jobs.size).toBe(0);
    expect((await provider.describeNode(context)).capacity["cpu"]).toBe("0m");
  });

  it("removes variables and job on release, the job last, so that a broken release is repeated", async () => {
    const { nomad, provider, context } = setUp();
    const pod = podWithSecret();
    await provider.createPod(pod, context);
    nomad.fault = { operation: "deleteVariable", when: "before" };
    await expect(provider.releasePod?.(pod.ref, context)).rejects.toMatchObject({ code: "Unavailable" });
    expect(nomad.jobs.size).toBe(1);
    nomad.fault = undefined;
    await provider.releasePod?.(pod.ref, context);
    await provider.releasePod?.(pod.ref, context);
    expect([nomad.jobs.size, nomad.variables.size]).toEqual([0, 0]);
    expect(await provider.listPods(context)).toEqual([]);
  });

  it("tells the end of a deletion that it asked for without a failure", async () => {
    const { nomad, provider, context } = setUp();
    const pod = resolvedPod();
    const id = jobId("vk-1", pod.ref.uid);
    await provider.createPod(pod, context);
    nomad.allocate(id, { ClientStatus: "running", TaskStates: { app: taskStates.running } });
    // Not listed before: the host may delete first thing after its start.
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, context);
    const stopped = {
      DesiredStatus: "stop",
      ClientStatus: "complete",
      TaskStates: { app: taskStates.dead(143) },
    };
    nomad.allocate(id, stopped);
    const [observation] = await provider.listPods(context);
    expect(observation).toMatchObject({ state: "ended" });
    expect(observation).not.toHaveProperty("failure");
  });

  it("says why there are no logs", async () => {
    const { nomad, provider, context } = setUp();
    const pod = resolvedPod();
    const read = async (container: string): Promise<LogLine[]> => {
      const lines: LogLine[] = [];
      const options = { follow: false, previous: false };
      for await (const line of provider.logs?.({ ...pod.ref, container }, options, context) ?? [])
        lines.push(line);
      return lines;
    };
    await expect(read("app")).rejects.toMatchObject({
      code: "NotFound",
      message: expect.stringContaining("placed"),
    });
    await provider.createPod(pod, context);
    const id = jobId("vk-1", pod.ref.uid);
    nomad.allocate(id, { ClientStatus: "running", TaskStates: { app: taskStates.running } });
    await expect(read("other")).rejects.toMatchObject({ code: "NotFound" });
    expect(await read("app")).toEqual([]);
  });

  it("is well with a leader, and says what is wrong otherwise", async () => {
    const { nomad, provider, context } = setUp();
    expect(await provider.checkHealth?.(context)).toEqual({ healthy: true });
    nomad.leader = "";
    expect(await provider.checkHealth?.(context)).toMatchObject({ healthy: false, reason: "NomadNoLeader" });
    nomad.fault = { operation: "readLeader", when: "before" };
    expect(await provider.checkHealth?.(context)).toMatchObject({ healthy: false, reason: "Unavailable" });
  });
});
