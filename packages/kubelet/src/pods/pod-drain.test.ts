import type { PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { Simulation } from "../testdata/simulation.ts";

const critical = { priority: 2_000_000_000 } as Partial<PodSpec>;

describe("a drain", () => {
  it("Y3: ends the pods with the kubelet's words, critical ones last, each with its grace or what is left", async () => {
    const world = new Simulation();
    world.backend.stopsAtOnce = false;
    const kubelet = world.start();
    const long = world.addPod("long", { restartPolicy: "Always", terminationGracePeriodSeconds: 300 });
    const short = world.addPod("short", { terminationGracePeriodSeconds: 5 });
    const vital = world.addPod("vital", critical);
    await world.advance(3_000);
    const drained = kubelet.pods.drain({ graceSeconds: 60, criticalSeconds: 10 });
    await world.advance(3_000);
    expect(world.backend.stopRequests.toSorted()).toEqual([`${long}/50`, `${short}/5`].toSorted());
    expect(world.status("long").phase).toBe("Running");
    for (const uid of [long, short]) world.backend.finish(uid, 0);
    await world.advance(3_000);
    expect(world.status("long")).toMatchObject({
      phase: "Failed",
      reason: "Terminated",
      message: "Pod was terminated in response to imminent node shutdown.",
    });
    expect(world.status("long").conditions).toContainEqual(
      expect.objectContaining({
        type: "DisruptionTarget",
        status: "True",
        reason: "TerminationByKubelet",
      }),
    );
    expect(world.backend.stopRequests).toContain(`${vital}/10`);
    world.backend.finish(vital, 0);
    await world.advance(3_000);
    expect(await drained).toEqual([]);
    expect(world.status("vital").reason).toBe("Terminated");
    expect(world.backend.started).toHaveLength(3);
    await kubelet.stop();
  });

  it("Y3: takes no new pods, ends those that wait, and leaves what was over as it was", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const done = world.addPod("done");
    world.addPod("waits", {
      containers: [{ name: "main", image: "a:1", envFrom: [{ configMapRef: { name: "cm" } }] }],
    });
    await world.advance(3_000);
    world.backend.finish(done, 0);
    await world.advance(2_000);
    const drained = kubelet.pods.drain({ graceSeconds: 30 });
    world.addPod("late");
    await world.advance(5_000);
    expect(await drained).toEqual([]);
    expect(world.status("done").phase).toBe("Succeeded");
    expect(world.status("waits")).toMatchObject({ phase: "Failed", reason: "Terminated" });
    expect(world.status("late")).toMatchObject({
      phase: "Failed",
      reason: "NodeShutdown",
      message: "Pod was rejected: Pod was rejected as the node is shutting down.",
    });
    expect(world.backend.started).toEqual([`${done}/0`]);
    await kubelet.stop();
  });

  it("does not wait for ever: it names the pods that were not over in time, and they are still asked to end", async () => {
    const world = new Simulation();
    world.backend.stopsAtOnce = false;
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    const drained = kubelet.pods.drain({ graceSeconds: 20 });
    await world.advance(26_000);
    expect((await drained).map(({ metadata }) => metadata?.name)).toEqual(["p"]);
    expect(world.backend.stopRequests).toEqual([`${uid}/20`]);
    expect(world.status("p").phase).toBe("Running");
    await kubelet.stop();
  });
});
