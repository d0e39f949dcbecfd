import { type Provider, ProviderError, type ResolvedPod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { Simulation } from "../testdata/simulation.ts";

function spec(cpu: string, volumes = {}) {
  return { containers: [{ name: "main", image: "app:1", resources: { requests: { cpu } }, ...volumes }] };
}

function resizable(world: Simulation, faults: unknown[] = []) {
  const given: string[] = [];
  const updatePod = async (pod: ResolvedPod) => {
    if (faults.length > 0) throw faults.shift();
    given.push(pod.containers[0]?.resources.requests["cpu"] ?? "");
  };
  return { provider: { ...world.provider(), updatePod } satisfies Provider, given };
}

function condition(world: Simulation, name = "p") {
  return world.status(name).conditions.find(({ type }: { type: string }) => type === "PodResizePending");
}

describe("a resize of a running pod", () => {
  it("A9: is given to a backend that takes changes, and counts from then on", async () => {
    const world = new Simulation();
    world.allocatable = { cpu: "4", pods: "10" };
    const { provider, given } = resizable(world);
    const kubelet = world.start({ provider });
    world.addPod("p", spec("1"));
    await world.advance(3_000);
    world.changePod("p", { spec: spec("3") });
    await world.advance(3_000);
    expect(given).toEqual(["3"]);
    expect(condition(world)).toBeUndefined();
    world.addPod("q", spec("2"));
    await world.advance(3_000);
    expect(world.status("q").reason).toBe("OutOfcpu");
    await kubelet.stop();
  });

  it("F7, A9: is Infeasible where the backend cannot, the pod goes on, and to take it back clears that", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    world.addPod("p", spec("1"));
    await world.advance(3_000);
    world.changePod("p", { spec: spec("2") });
    await world.advance(3_000);
    expect(condition(world)).toMatchObject({
      status: "True",
      reason: "Infeasible",
      message:
        "the memory backend cannot resize the pod while it runs: it has no way to change a pod that runs",
      observedGeneration: 2,
    });
    expect(world.status("p").phase).toBe("Running");
    const writes = world.api.writes.length;
    await world.advance(600_000);
    expect(world.api.writes).toHaveLength(writes);
    world.changePod("p", { spec: spec("1") });
    await world.advance(3_000);
    expect(condition(world)).toBeUndefined();
    await kubelet.stop();
  });

  it("F7: is Infeasible where the backend refuses it, and files still follow", async () => {
    const world = new Simulation();
    world.addConfigMap("cm", { a: "1" });
    const { provider, given } = resizable(world, [new ProviderError("Unsupported", "tasks keep their size")]);
    const kubelet = world.start({ provider });
    const mounts = { volumeMounts: [{ name: "v", mountPath: "/v" }] };
    world.addPod("p", { ...spec("1", mounts), volumes: [{ name: "v", configMap: { name: "cm" } }] });
    await world.advance(3_000);
    world.changePod("p", { spec: spec("2", mounts) });
    await world.advance(3_000);
    expect(condition(world)).toMatchObject({
      reason: "Infeasible",
      message: "the memory backend cannot resize the pod while it runs: tasks keep their size",
    });
    world.addConfigMap("cm", { a: "2" });
    await world.advance(3_000);
    expect(given).toEqual(["1"]);
    expect(condition(world)?.reason).toBe("Infeasible");
    await kubelet.stop();
  });

  it("A9: is Deferred while the node has no room, and done when it has", async () => {
    const world = new Simulation();
    world.allocatable = { cpu: "4", pods: "10" };
    const { provider, given } = resizable(world);
    const kubelet = world.start({ provider });
    const other = world.addPod("other", spec("2"));
    world.addPod("p", spec("1"));
    await world.advance(3_000);
    world.changePod("p", { spec: spec("3") });
    await world.advance(3_000);
    expect(condition(world)).toMatchObject({
      reason: "Deferred",
      message: "Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000",
    });
    world.backend.finish(other, 0);
    await world.advance(60_000);
    expect(given).toEqual(["3"]);
    expect(condition(world)).toBeUndefined();
    await kubelet.stop();
  });

  it("A9: is Deferred while the backend does not answer", async () => {
    const world = new Simulation();
    const { provider, given } = resizable(world, [new ProviderError("Unavailable", "no answer")]);
    const kubelet = world.start({ provider });
    world.addPod("p", spec("1"));
    await world.advance(3_000);
    world.changePod("p", { spec: spec("3") });
    await world.advance(3_000);
    expect(condition(world)).toMatchObject({ reason: "Deferred", message: "no answer" });
    await world.advance(60_000);
    expect(given).toEqual(["3"]);
    expect(condition(world)).toBeUndefined();
    await kubelet.stop();
  });

  it("A9: that is not carried out does not change the next run either", async () => {
    const world = new Simulation();
    const created: unknown[] = [];
    const provider = world.provider();
    const kubelet = world.start({
      provider: {
        ...provider,
        createPod: (pod, context) => {
          created.push(pod.containers[0]?.resources.requests["cpu"]);
          return provider.createPod(pod, context);
        },
      },
    });
    const uid = world.addPod("p", { ...spec("1"), restartPolicy: "OnFailure" });
    await world.advance(3_000);
    world.changePod("p", { spec: spec("2") });
    await world.advance(3_000);
    world.backend.finish(uid, 1);
    await world.advance(3_000);
    expect(created).toEqual(["1", "1"]);
    await kubelet.stop();
  });

  it("A9: what a pod was given is told and outlives the kubelet, and to take a resize back clears it", async () => {
    const world = new Simulation();
    const refusal = new ProviderError("Unsupported", "tasks keep their size");
    const { provider } = resizable(world, [refusal, refusal]);
    const first = world.start({ provider });
    world.addPod("p", spec("1"));
    await world.advance(3_000);
    expect(world.container("p")).toMatchObject({
      resources: { requests: { cpu: "1" } },
      allocatedResources: { cpu: "1" },
    });
    world.changePod("p", { spec: spec("2") });
    await world.advance(3_000);
    await first.stop();
    const second = world.start({ provider });
    await world.advance(3_000);
    expect(condition(world)?.reason).toBe("Infeasible");
    expect(world.container("p").resources).toEqual({ requests: { cpu: "1" } });
    world.changePod("p", { spec: spec("1") });
    await world.advance(3_000);
    expect(condition(world)).toBeUndefined();
    const uid = world.pod("p")?.metadata?.uid ?? "";
    world.backend.finish(uid, 0);
    await world.advance(3_000);
    const writes = world.api.writes.length;
    await world.advance(30_000);
    expect(world.status("p").phase).toBe("Succeeded");
    expect(world.api.writes).toHaveLength(writes);
    await second.stop();
  });
});
