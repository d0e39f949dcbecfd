import { describe, expect, it } from "vitest";
import { Simulation } from "../testdata/simulation.ts";

describe("a pod that the host runs anew", () => {
  it("B1, B3: restarts at once, then after 10, 20 and 40 s, and counts", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p", { restartPolicy: "Always" });
    await world.advance(3_000);
    for (const [run, backoffSeconds] of [0, 10, 20, 40].entries()) {
      world.backend.finish(uid, 1);
      if (backoffSeconds > 0) {
        await world.advance(backoffSeconds * 1_000 - 1_000);
        expect(world.backend.started).toHaveLength(run + 1);
        expect(world.container("p")).toMatchObject({
          restartCount: run,
          state: {
            waiting: {
              reason: "CrashLoopBackOff",
              message: `back-off ${backoffSeconds}s restarting failed container=main pod=p_default(${uid})`,
            },
          },
          lastState: { terminated: { exitCode: 1 } },
        });
        expect(world.status("p").phase).toBe("Running");
      }
      await world.advance(3_000);
      expect(world.backend.started).toHaveLength(run + 2);
      await world.advance(2_000);
      expect(world.container("p")).toMatchObject({ restartCount: run + 1, state: { running: {} } });
    }
    expect(world.events("p").filter((reason) => reason === "BackOff")).toHaveLength(3);
    expect(world.events("p").filter((reason) => reason === "Started")).toHaveLength(5);
    await kubelet.stop();
  });

  it("keeps the backoff over a restart of the kubelet", async () => {
    const world = new Simulation();
    const first = world.start();
    const uid = world.addPod("p", { restartPolicy: "Always" });
    await world.advance(3_000);
    world.backend.finish(uid, 1);
    await world.advance(5_000);
    world.backend.finish(uid, 1);
    await world.advance(2_000);
    await first.stop();
    const second = world.start();
    await world.advance(3_000);
    expect(world.backend.started).toHaveLength(2);
    await world.advance(10_000);
    expect(world.backend.started).toEqual([`${uid}/0`, `${uid}/1`, `${uid}/2`]);
    await second.stop();
  });

  it("restarts also where the backend does not say when a run ended", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p", { restartPolicy: "Always" });
    await world.advance(3_000);
    const endWithoutTime = () =>
      world.backend.observe(uid, {
        state: "ended",
        containers: [{ name: "main", restartCount: 0, state: { type: "terminated", exitCode: 1 } }],
      });
    endWithoutTime();
    await world.advance(5_000);
    expect(world.backend.started).toHaveLength(2);
    endWithoutTime();
    await world.advance(15_000);
    expect(world.backend.started).toHaveLength(3);
    await kubelet.stop();
  });

  it("takes garbage in its annotation for nothing written", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const annotations = { "vkubelet.dev/run": '{"attempt":"many","nextDelayMs":"x"}' };
    const uid = world.addPod("p", { restartPolicy: "Always" }, { annotations });
    await world.advance(3_000);
    world.backend.finish(uid, 1);
    await world.advance(5_000);
    expect(world.backend.started).toEqual([`${uid}/0`, `${uid}/1`]);
    await kubelet.stop();
  });

  it("does not restart by policy what a run of the backend's own failed as a whole", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p", { restartPolicy: "Always" });
    await world.advance(3_000);
    world.backend.observe(uid, { failure: { reason: "HostTerminated", disruption: true } });
    world.backend.finish(uid, 137);
    await world.advance(60_000);
    expect(world.status("p")).toMatchObject({ phase: "Failed", reason: "HostTerminated" });
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await kubelet.stop();
  });
});

describe("activeDeadlineSeconds", () => {
  const spec = { restartPolicy: "Always", activeDeadlineSeconds: 30 } as const;

  it("Y1: stops the pod with its grace period and fails it when it has stopped", async () => {
    const world = new Simulation();
    world.backend.stopsAtOnce = false;
    const kubelet = world.start();
    const uid = world.addPod("p", spec);
    await world.advance(40_000);
    expect(world.backend.stopRequests).toEqual([`${uid}/30`]);
    expect(world.status("p").phase).toBe("Running");
    world.backend.finish(uid, 0);
    await world.advance(3_000);
    expect(world.status("p")).toMatchObject({
      phase: "Failed",
      reason: "DeadlineExceeded",
      message: "Pod was active on the node longer than the specified deadline",
    });
    expect(world.events("p").filter((reason) => reason === "DeadlineExceeded")).toHaveLength(1);
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await kubelet.stop();
  });

  it("Y1: holds over a restart of the kubelet between the stop and the end", async () => {
    const world = new Simulation();
    world.backend.stopsAtOnce = false;
    const first = world.start();
    const uid = world.addPod("p", spec);
    await world.advance(35_000);
    await first.stop();
    world.backend.finish(uid, 143);
    const second = world.start();
    await world.advance(60_000);
    expect(world.status("p")).toMatchObject({ phase: "Failed", reason: "DeadlineExceeded" });
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await second.stop();
  });

  it("Y1: ends the waiting for a restart", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p", { restartPolicy: "Always", activeDeadlineSeconds: 12 });
    await world.advance(3_000);
    world.backend.finish(uid, 1);
    await world.advance(3_000);
    world.backend.finish(uid, 1);
    await world.advance(30_000);
    expect(world.status("p")).toMatchObject({ phase: "Failed", reason: "DeadlineExceeded" });
    expect(world.backend.started).toHaveLength(2);
    await kubelet.stop();
  });

  it("has nothing to say of a pod that ended in time while no kubelet ran", async () => {
    const world = new Simulation();
    const first = world.start();
    const uid = world.addPod("p", { restartPolicy: "Never", activeDeadlineSeconds: 30 });
    await world.advance(3_000);
    await first.stop();
    world.backend.finish(uid, 0);
    await world.advance(100_000);
    const second = world.start();
    await world.advance(3_000);
    expect(world.status("p").phase).toBe("Succeeded");
    await second.stop();
  });

  it("fails a pod that still waits for what it refers to", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    world.addPod("p", {
      activeDeadlineSeconds: 30,
      containers: [{ name: "main", image: "a", envFrom: [{ configMapRef: { name: "cm" } }] }],
    });
    await world.advance(40_000);
    expect(world.status("p")).toMatchObject({ phase: "Failed", reason: "DeadlineExceeded" });
    expect(world.backend.started).toEqual([]);
    await kubelet.stop();
  });
});
