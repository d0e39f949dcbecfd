import { describe, expect, it } from "vitest";
import { podPath, Simulation } from "../testdata/simulation.ts";

const configMapSpec = {
  containers: [
    {
      name: "main",
      image: "app:1",
      env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "cm", key: "a" } } }],
    },
  ],
};

describe("the life of a pod", () => {
  it("starts once, runs, ends by its exit code, and is released after deletion", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    expect(world.status("p")).toMatchObject({ phase: "Running", podIP: "10.0.0.1", hostIP: "127.0.0.1" });
    expect(world.container("p")).toMatchObject({ ready: true, restartCount: 0, state: { running: {} } });
    world.backend.finish(uid, 0);
    await world.advance(3_000);
    expect(world.status("p").phase).toBe("Succeeded");
    expect(world.backend.released).toEqual([]);
    world.deletePod("p", 0);
    await world.advance(3_000);
    expect(world.backend.released).toEqual([uid]);
    expect(world.backend.started).toEqual([`${uid}/0`]);
    expect(world.events("p")).toEqual(["Started"]);
    await kubelet.stop();
  });

  it("writes nothing more once a status is told", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(5_000);
    const writes = world.api.writes.filter(({ path }) => path.startsWith(podPath("p"))).length;
    // The backend lists what it has at once, so that running is the first thing to write.
    expect(writes).toBe(1);
    world.api.put(podPath("p"), {
      ...world.pod("p"),
      metadata: { ...world.pod("p")?.metadata, labels: { a: "b" } },
    });
    world.backend.observe(uid, {});
    await world.advance(30_000);
    expect(world.api.writes.filter(({ path }) => path.startsWith(podPath("p")))).toHaveLength(writes);
    await kubelet.stop();
  });

  it("waits for a ConfigMap, says so, and starts when it is there", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p", configMapSpec);
    await world.advance(3_000);
    expect(world.status("p").phase).toBe("Pending");
    expect(world.container("p").state).toEqual({
      waiting: { reason: "CreateContainerConfigError", message: 'configmap "cm" not found' },
    });
    expect(world.eventMessages("p")).toContain('Warning Failed: Error: configmap "cm" not found');
    world.addConfigMap("cm", { a: "1" });
    await world.advance(3_000);
    expect(world.status("p").phase).toBe("Running");
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await kubelet.stop();
  });

  it("does not hang on an object that it may not read, and tells why", async () => {
    const world = new Simulation();
    const { KubeApiError } = await import("../api/kube-api-error.ts");
    const kubelet = world.start({
      fuse: (call) => {
        if (call.includes("/configmaps"))
          throw new KubeApiError("LIST configmaps: forbidden", { status: 403, reason: "Forbidden" });
      },
    });
    world.addPod("p", configMapSpec);
    await world.advance(60_000);
    expect(world.status("p").phase).toBe("Pending");
    expect(world.eventMessages("p").join()).toContain("LIST configmaps: forbidden");
    world.deletePod("p");
    await world.advance(60_000);
    expect(world.pod("p")).toBeUndefined();
    expect(world.backend.started).toEqual([]);
    await kubelet.stop();
  });

  it("fails as lost when the backend forgets a running pod, and never starts it again", async () => {
    const world = new Simulation({ absenceGraceMs: 20_000 });
    const kubelet = world.start();
    const uid = world.addPod("p", { restartPolicy: "Always" });
    await world.advance(3_000);
    world.backend.forget(uid);
    await world.advance(15_000);
    expect(world.status("p").phase).toBe("Running");
    await world.advance(15_000);
    expect(world.status("p")).toMatchObject({ phase: "Failed", reason: "PodLost" });
    expect(world.container("p").state.terminated).toMatchObject({
      exitCode: 137,
      reason: "ContainerStatusUnknown",
    });
    expect(world.status("p").conditions).toContainEqual(
      expect.objectContaining({ type: "DisruptionTarget", status: "True" }),
    );
    expect(world.events("p").filter((reason) => reason === "PodLost")).toHaveLength(1);
    await world.advance(600_000);
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await kubelet.stop();
  });

  it("fails as lost what the backend forgot while no kubelet ran, although listings go on", async () => {
    const world = new Simulation({ absenceGraceMs: 20_000 });
    const first = world.start();
    const uid = world.addPod("p", { restartPolicy: "Always" });
    await world.advance(3_000);
    await first.stop();
    world.backend.forget(uid);
    const second = world.start();
    await world.advance(10_000);
    expect(world.status("p").phase).toBe("Running");
    await world.advance(20_000);
    expect(world.status("p")).toMatchObject({ phase: "Failed", reason: "PodLost" });
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await second.stop();
  });

  it("does not start again what was placed but never seen running when it is forgotten", async () => {
    const world = new Simulation({ absenceGraceMs: 5_000 });
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(0);
    world.backend.observe(uid, {
      containers: [
        { name: "main", restartCount: 0, state: { type: "waiting", reason: "ContainerCreating" } },
      ],
    });
    await world.advance(3_000);
    world.backend.forget(uid);
    await world.advance(60_000);
    expect(world.status("p")).toMatchObject({ phase: "Failed", reason: "PodLost" });
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await kubelet.stop();
  });

  it("P3: never undoes a terminal phase, and stops what runs in spite of it", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    world.backend.finish(uid, 3);
    await world.advance(3_000);
    expect(world.status("p").phase).toBe("Failed");
    world.backend.observe(uid, {
      state: "active",
      containers: [{ name: "main", restartCount: 0, instanceId: "x", state: { type: "running" } }],
    });
    world.backend.stopsAtOnce = false;
    await world.advance(20_000);
    expect(world.status("p").phase).toBe("Failed");
    expect(world.container("p").state.terminated.exitCode).toBe(3);
    expect(world.backend.stopRequests).toEqual([`${uid}/30`]);
    await kubelet.stop();
  });

  it("keeps the phase while a run that failed as a whole still lives, and fails when it has ended", async () => {
    const world = new Simulation({ watches: true });
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    world.backend.observe(uid, { failure: { reason: "SpotInterruption", disruption: true } });
    await world.advance(3_000);
    expect(world.status("p").phase).toBe("Running");
    world.backend.finish(uid, 143);
    await world.advance(3_000);
    expect(world.status("p")).toMatchObject({ phase: "Failed", reason: "SpotInterruption" });
    await kubelet.stop();
  });
});

describe("a pod of the same name with another UID", () => {
  it("is another pod: the old one is stopped, the new one started once", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const old = world.addPod("p");
    await world.advance(3_000);
    world.backend.stopsAtOnce = false;
    world.deletePod("p", 0);
    const young = world.addPod("p");
    await world.advance(5_000);
    expect(world.backend.started).toEqual([`${old}/0`, `${young}/0`]);
    expect(world.backend.stopRequests).toEqual([`${old}/30`]);
    expect(world.status("p").phase).toBe("Running");
    world.backend.finish(old, 143);
    await world.advance(5_000);
    expect(world.backend.released).toEqual([old]);
    expect(world.pod("p")?.metadata.uid).toBe(young);
    expect(world.status("p").phase).toBe("Running");
    await kubelet.stop();
  });

  it("also when it was recreated while no kubelet ran", async () => {
    const world = new Simulation();
    const first = world.start();
    const old = world.addPod("p");
    await world.advance(3_000);
    await first.stop();
    world.deletePod("p", 0);
    const young = world.addPod("p");
    const second = world.start();
    await world.advance(100_000);
    expect(world.backend.started).toEqual([`${old}/0`, `${young}/0`]);
    expect(world.backend.stopRequests).toEqual([`${old}/30`]);
    expect(world.backend.released).toEqual([old]);
    await second.stop();
  });
});

describe("orphans", () => {
  it("are ended after two sweeps and released, once", async () => {
    const world = new Simulation();
    const first = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    await first.stop();
    world.deletePod("p", 0);
    const second = world.start();
    await world.advance(45_000);
    expect(world.backend.stopRequests).toEqual([]);
    await world.advance(30_000);
    expect(world.backend.stopRequests).toEqual([`${uid}/30`]);
    expect(world.backend.released).toEqual([uid]);
    await world.advance(120_000);
    expect(world.backend.released).toEqual([uid]);
    await second.stop();
  });
});
