import type { PodObservation, ResolvedPod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { createJob } from "./pod-creation.ts";
import { PodTracker } from "./pod-tracker.ts";
import { FakeNomad } from "./testdata/fake-nomad.ts";
import { fakeNode, taskStates } from "./testdata/nomad-objects.ts";
import { podContext, resolvedContainer, resolvedPod } from "./testdata/pods.ts";
import { jobId, jobPrefix } from "./translate/identity.ts";
import { defaultTranslateOptions } from "./translate/options.ts";

const options = { ...defaultTranslateOptions, nodeName: "vk-1", network: "host" };

function setUp() {
  const nomad = new FakeNomad();
  const tracker = new PodTracker(nomad, jobPrefix("vk-1"));
  const stop = new AbortController();
  const context = podContext({ signal: stop.signal });
  const create = async (pod: ResolvedPod, network = "host") => {
    await createJob(nomad, pod, { ...options, network }, context);
    return jobId("vk-1", pod.ref.uid);
  };
  const watch = () => tracker.watch(context)[Symbol.asyncIterator]();
  return { nomad, tracker, context, create, watch, stop };
}

async function next(watch: AsyncIterator<PodObservation>): Promise<PodObservation> {
  const result = await watch.next();
  if (result.done === true) throw new Error("the watch ended");
  return result.value;
}

const init = (name: string) => resolvedContainer(name, { kind: "init", restartPolicy: "OnFailure" });
const sidecar = (name: string) => resolvedContainer(name, { kind: "sidecar" });

describe("PodTracker", () => {
  it("begins a watch with everything that is there, then tells what happens", async () => {
    const { nomad, create, watch } = setUp();
    const id = await create(resolvedPod());
    const observations = watch();
    expect(await next(observations)).toMatchObject({ state: "waiting", containers: [] });
    const following = next(observations);
    nomad.allocate(id, { ClientStatus: "running", TaskStates: { app: taskStates.running } });
    expect(await following).toMatchObject({ state: "active", hostIPs: ["10.0.0.7"], podIPs: ["10.0.0.7"] });
  });

  it("raises the version with every change of job, allocation and evaluation", async () => {
    const { nomad, tracker, context, create } = setUp();
    const id = await create(resolvedPod());
    const versions: number[] = [];
    const look = async () => versions.push((await tracker.list(context))[0]?.version ?? -1);
    await look();
    nomad.block(id);
    await look();
    nomad.allocate(id);
    await look();
    nomad.allocate(id, { ClientStatus: "running" });
    await look();
    await nomad.deregisterJob(id, { purge: false }, context.signal);
    await look();
    expect(versions).toEqual([...new Set(versions)].sort((first, second) => first - second));
  });

  it("never lets a late list undo what an event has told", async () => {
    const { nomad, tracker, context, create, watch } = setUp();
    const id = await create(resolvedPod());
    const before = nomad.allocate(id, { ClientStatus: "running", TaskStates: { app: taskStates.running } });
    const observations = watch();
    await next(observations);
    const following = next(observations);
    nomad.allocate(id, { ClientStatus: "complete", TaskStates: { app: taskStates.dead(0) } });
    const ended = await following;
    expect(ended.state).toBe("ended");
    nomad.allocations.set(before.ID, before);
    expect(await tracker.list(context)).toEqual([ended]);
  });

  it("reads a job once that the stream names first", async () => {
    const { nomad, create, watch } = setUp();
    const observations = watch();
    const first = next(observations);
    await new Promise((resolve) => setImmediate(resolve));
    const id = jobId("vk-1", resolvedPod().ref.uid);
    const emit = nomad.emit.bind(nomad);
    nomad.emit = () => {};
    await create(resolvedPod());
    nomad.emit = emit;
    nomad.allocate(id, { ClientStatus: "running" });
    expect(await first).toMatchObject({ state: "active", ref: resolvedPod().ref });
    expect(nomad.calls.filter((call) => call.operation === "readJob" && call.subject === id)).toHaveLength(2);
  });

  it("ignores jobs of other nodes", async () => {
    const { nomad, tracker, context } = setUp();
    await createJob(nomad, resolvedPod(), { ...options, nodeName: "vk-2" }, context);
    expect(await tracker.list(context)).toEqual([]);
  });

  it("opens each gate when the stage before is through, and once", async () => {
    const { nomad, tracker, context, create } = setUp();
    const id = await create(resolvedPod({ initContainers: [init("a"), sidecar("b"), init("c")] }));
    const gates = () => [...nomad.variables.keys()].map((path) => path.split("/").at(-1));
    const { pending, running } = taskStates;
    nomad.allocate(id, {
      ClientStatus: "running",
      TaskStates: { a: running, b: pending, c: pending, app: pending },
    });
    await tracker.list(context);
    expect(gates()).toEqual([]);
    nomad.allocate(id, { TaskStates: { a: taskStates.dead(0), b: pending, c: pending, app: pending } });
    await tracker.list(context);
    await tracker.list(context);
    expect(gates()).toEqual(["b"]);
    expect(nomad.calls.filter((call) => call.operation === "putVariable")).toHaveLength(1);
    nomad.allocate(id, { TaskStates: { a: taskStates.dead(0), b: running, c: pending, app: pending } });
    // Another process goes on where this one was.
    await new PodTracker(nomad, jobPrefix("vk-1")).list(context);
    expect(gates()).toEqual(["b", "c"]);
  });

  it("keeps a gate shut after an init container that failed, and tries again when the write fails", async () => {
    const { nomad, tracker, context, create } = setUp();
    const id = await create(resolvedPod({ initContainers: [init("a"), init("b")] }));
    const { pending } = taskStates;
    nomad.allocate(id, { ClientStatus: "running", TaskStates: { a: taskStates.dead(1), b: pending } });
    await tracker.list(context);
    expect(nomad.variables.size).toBe(0);
    nomad.allocate(id, { TaskStates: { a: taskStates.dead(0), b: pending } });
    nomad.fault = { operation: "putVariable", when: "before", call: 1 };
    await expect(tracker.list(context)).rejects.toMatchObject({ code: "Unavailable" });
    await tracker.list(context);
    expect(nomad.variables.size).toBe(1);
  });

  it("stops a job that Nomad would run a second time", async () => {
    const { nomad, tracker, context, create } = setUp();
    const id = await create(resolvedPod());
    nomad.allocate(id, { ClientStatus: "lost", TaskStates: { app: taskStates.running } });
    expect(await tracker.list(context)).toMatchObject([
      { state: "ended", failure: { reason: "NodeLost", disruption: true } },
    ]);
    expect(nomad.jobs.get(id)?.Stop).toBe(true);
  });

  it("waits for the place of an allocation that was lost before it ran", async () => {
    const { nomad, tracker, context, create } = setUp();
    const id = await create(resolvedPod());
    nomad.allocate(id, { ClientStatus: "lost" });
    expect(await tracker.list(context)).toMatchObject([{ state: "waiting", reason: "NodeLost" }]);
    expect(nomad.jobs.get(id)?.Stop).toBe(false);
  });

  it("tells the end of a purged job, and forgets it with the next list", async () => {
    const { nomad, tracker, context, create, watch } = setUp();
    const id = await create(resolvedPod());
    nomad.allocate(id, { ClientStatus: "running", TaskStates: { app: taskStates.running } });
    const observations = watch();
    await next(observations);
    const purged = next(observations);
    await nomad.deregisterJob(id, { purge: true }, context.signal);
    expect((await purged).state).toBe("active");
    const following = next(observations);
    nomad.allocate(id, {
      ClientStatus: "complete",
      DesiredStatus: "stop",
      TaskStates: { app: taskStates.dead(143) },
    });
    expect(await following).toMatchObject({ state: "ended", failure: { reason: "NomadJobStopped" } });
    expect(await tracker.list(context)).toEqual([]);
  });

  it("reads the address of an allocation once where lists leave it out", async () => {
    const { nomad, tracker, context, create } = setUp();
    const id = await create(resolvedPod(), "bridge");
    nomad.allocate(id, { ClientStatus: "running", NetworkStatus: { Address: "172.26.64.9" } });
    expect(await tracker.list(context)).toMatchObject([{ podIPs: ["172.26.64.9"], hostIPs: ["10.0.0.7"] }]);
    await tracker.list(context);
    expect(nomad.calls.filter((call) => call.operation === "readAllocation")).toHaveLength(1);
  });

  it("asks for a fixed number of lists, however many pods there are", async () => {
    const { nomad, tracker, context, create } = setUp();
    for (let index = 0; index < 30; index += 1) {
      const uid = `11111111-2222-4333-8444-${String(index).padStart(12, "0")}`;
      const id = await create(resolvedPod({ ref: { namespace: "team", name: `web-${index}`, uid } }));
      nomad.allocate(id, { ClientStatus: "running", TaskStates: { app: taskStates.running } });
    }
    nomad.nodes = [fakeNode("node-1")];
    nomad.calls.length = 0;
    expect(await tracker.list(context)).toHaveLength(30);
    expect(nomad.calls.map((call) => call.operation)).toEqual([
      "listJobs",
      "listAllocations",
      "listBlockedEvaluations",
      "listNodes",
    ]);
  });

  it("ends a watch with the reason of an abort, and closes the stream when it is left", async () => {
    const { create, watch, stop, tracker } = setUp();
    await create(resolvedPod());
    const left = watch();
    await next(left);
    expect(tracker.live).toBe(true);
    await left.return?.();
    expect(tracker.live).toBe(false);
    const observations = watch();
    await next(observations);
    const reason = new Error("over");
    const pending = observations.next();
    stop.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(tracker.live).toBe(false);
  });
});
