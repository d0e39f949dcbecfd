import { ProviderError } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { Simulation } from "../testdata/simulation.ts";

describe("deletion", () => {
  it("before anything was created: the pod goes, nothing was started", async () => {
    const world = new Simulation();
    world.addPod("p");
    world.deletePod("p");
    const kubelet = world.start();
    await world.advance(5_000);
    expect(world.pod("p")).toBeUndefined();
    expect(world.backend.started).toEqual([]);
    await kubelet.stop();
  });

  it("while it waits for a ConfigMap: the pod goes", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    world.addPod("p", {
      containers: [{ name: "main", image: "a", envFrom: [{ configMapRef: { name: "cm" } }] }],
    });
    await world.advance(5_000);
    world.deletePod("p");
    await world.advance(5_000);
    expect(world.pod("p")).toBeUndefined();
    world.addConfigMap("cm", {});
    await world.advance(5_000);
    expect(world.backend.started).toEqual([]);
    await kubelet.stop();
  });

  it("while a create hangs: the create is given up, and the stop is asked for", async () => {
    const world = new Simulation();
    world.backend.hang("createPod");
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(5_000);
    world.deletePod("p");
    await world.advance(5_000);
    expect(world.pod("p")).toBeUndefined();
    expect(world.backend.stopRequests).toEqual([`${uid}/30`]);
    expect(world.backend.started).toEqual([]);
    await kubelet.stop();
  });

  it("while it runs: stopped with its grace period, gone when it has ended, then released", async () => {
    const world = new Simulation();
    world.backend.stopsAtOnce = false;
    const kubelet = world.start();
    const uid = world.addPod("p", { restartPolicy: "Always" });
    await world.advance(5_000);
    world.deletePod("p", 20);
    await world.advance(10_000);
    expect(world.backend.stopRequests).toEqual([`${uid}/20`]);
    expect(world.pod("p")).toBeDefined();
    expect(world.events("p")).toEqual(["Started", "Killing"]);
    world.backend.finish(uid, 0);
    // Seen before the object goes: the last status holds the exit code.
    const last = { phase: "", exitCode: -1 };
    const kept = setStatusSpy(world, last);
    await world.advance(3_000);
    kept();
    expect(last).toEqual({ phase: "Succeeded", exitCode: 0 });
    expect(world.pod("p")).toBeUndefined();
    expect(world.backend.released).toEqual([uid]);
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await kubelet.stop();
  });

  it("G1: a shorter grace period is passed on, a longer one is not", async () => {
    const world = new Simulation();
    world.backend.stopsAtOnce = false;
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    for (const grace of [60, 90, 5]) {
      world.deletePod("p", grace);
      await world.advance(3_000);
    }
    expect(world.backend.stopRequests).toEqual([`${uid}/60`, `${uid}/5`]);
    await kubelet.stop();
  });

  it("asks again when a stop that was accepted does not happen", async () => {
    const world = new Simulation();
    world.backend.stopsAtOnce = false;
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    world.deletePod("p", 10);
    await world.advance(60_000);
    expect(world.backend.stopRequests).toHaveLength(1);
    world.backend.stopsAtOnce = true;
    await world.advance(20_000);
    expect(world.backend.stopRequests).toEqual([`${uid}/10`, `${uid}/10`]);
    expect(world.pod("p")).toBeUndefined();
    await kubelet.stop();
  });

  it("says why it does not get on, and goes on by itself", async () => {
    const world = new Simulation();
    world.backend.fail("deletePod", new ProviderError("Unavailable", "stop task: no answer"), "odd");
    const kubelet = world.start();
    world.addPod("p");
    await world.advance(3_000);
    world.deletePod("p");
    await world.advance(10_000);
    expect(world.eventMessages("p")).toEqual(
      expect.arrayContaining(["Warning FailedKillPod: stop task: no answer", "Warning FailedKillPod: odd"]),
    );
    expect(world.pod("p")).toBeUndefined();
    await kubelet.stop();
  });

  it("after the end: the pod goes at once, its last status stays as it was", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    world.backend.finish(uid, 7);
    await world.advance(3_000);
    world.deletePod("p", 30);
    await world.advance(1_000);
    expect(world.pod("p")).toBeUndefined();
    expect(world.backend.stopRequests).toEqual([]);
    expect(world.backend.released).toEqual([uid]);
    await kubelet.stop();
  });

  it("G6: an object with finalizers stays, and nothing is asked for again", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    world.addPod("p", {}, { finalizers: ["example.com/keep"] });
    await world.advance(3_000);
    world.deletePod("p");
    await world.advance(120_000);
    expect(world.status("p").phase).toBe("Failed");
    const deletes = world.api.writes.filter(({ method }) => method === "delete");
    expect(deletes.length).toBeLessThanOrEqual(2);
    expect(world.backend.stopRequests).toHaveLength(1);
    await kubelet.stop();
  });

  it.each([
    [3, 3],
    [600, 30],
  ])("G8: by force, with a grace of %i s: it has %i s", async (wanted, given) => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p", { terminationGracePeriodSeconds: wanted });
    await world.advance(3_000);
    world.deletePod("p", 0);
    await world.advance(5_000);
    expect(world.backend.stopRequests).toEqual([`${uid}/${given}`]);
    await kubelet.stop();
  });

  it("G8: by force, while it runs: it is stopped although its object is gone, then released", async () => {
    const world = new Simulation();
    world.backend.stopsAtOnce = false;
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    world.deletePod("p", 0);
    await world.advance(5_000);
    expect(world.backend.stopRequests).toEqual([`${uid}/30`]);
    expect(world.backend.released).toEqual([]);
    world.backend.finish(uid, 137);
    await world.advance(5_000);
    expect(world.backend.released).toEqual([uid]);
    await kubelet.stop();
  });

  it("of a pod that the backend no longer knows ends after its grace of absence", async () => {
    const world = new Simulation({ absenceGraceMs: 10_000 });
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    world.deletePod("p");
    world.backend.forget(uid);
    await world.advance(5_000);
    expect(world.pod("p")).toBeDefined();
    await world.advance(10_000);
    expect(world.pod("p")).toBeUndefined();
    await kubelet.stop();
  });
});

/** Notes the last status that the pod had before its object went. */
function setStatusSpy(world: Simulation, last: { phase: string; exitCode: number }): () => void {
  const original = world.api.remove.bind(world.api);
  world.api.remove = (path) => {
    const status = world.api.get(path)?.status;
    last.phase = status?.phase;
    last.exitCode = status?.containerStatuses?.[0]?.state.terminated?.exitCode;
    original(path);
  };
  return () => {
    world.api.remove = original;
  };
}
