import { describe, expect, it } from "vitest";
import type { AnyObject } from "../testdata/memory-api.ts";
import { podPath, Simulation } from "../testdata/simulation.ts";

const readyOf = (world: Simulation, name: string) =>
  world.status(name).conditions.find(({ type }: { type: string }) => type === "Ready");

/** As the node lifecycle controller does with the pods of a node that is not ready (MarkPodsNotReady): the status alone. */
function markNotReady(world: Simulation, name: string): void {
  const pod: AnyObject = world.pod(name);
  const lastTransitionTime = new Date(world.clock.now()).toISOString().replace(".000", "");
  const conditions = pod.status.conditions.map((condition: AnyObject) =>
    condition.type === "Ready" ? { ...condition, status: "False", lastTransitionTime } : condition,
  );
  world.api.put(podPath(name), { ...pod, status: { ...pod.status, conditions } });
}

describe("a pod that the control plane marked not ready with its node", () => {
  it("is told to be ready again, from then on", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    world.addPod("p");
    await world.advance(10_000);
    const before = readyOf(world, "p");
    expect(before.status).toBe("True");
    markNotReady(world, "p");
    await world.advance(5_000);
    const ready = readyOf(world, "p");
    expect(ready.status).toBe("True");
    expect(ready.lastTransitionTime).not.toBe(before.lastTransitionTime);
    const { resourceVersion } = world.pod("p")?.metadata ?? {};
    await world.advance(600_000);
    expect(world.pod("p")?.metadata?.resourceVersion).toBe(resourceVersion);
    await kubelet.stop();
  });

  it("is so after the kubelet was cut off from the API server", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    world.addPod("p");
    await world.advance(10_000);
    world.api.setDown(true);
    await world.advance(60_000);
    markNotReady(world, "p");
    await world.advance(60_000);
    expect(readyOf(world, "p").status).toBe("False");
    world.api.setDown(false);
    await world.advance(60_000);
    expect(readyOf(world, "p").status).toBe("True");
    await kubelet.stop();
  });

  it("is so after a restart of the kubelet", async () => {
    const world = new Simulation();
    const first = world.start();
    world.addPod("p");
    await world.advance(10_000);
    await first.stop();
    markNotReady(world, "p");
    const second = world.start();
    await world.advance(10_000);
    expect(readyOf(world, "p").status).toBe("True");
    expect(world.backend.started).toHaveLength(1);
    await second.stop();
  });

  it("stays so when it has become not ready by itself meanwhile", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(10_000);
    world.api.setDown(true);
    world.backend.finish(uid, 0);
    markNotReady(world, "p");
    await world.advance(60_000);
    world.api.setDown(false);
    await world.advance(60_000);
    expect(world.status("p").phase).toBe("Succeeded");
    expect(readyOf(world, "p")).toMatchObject({ status: "False", reason: "PodCompleted" });
    await kubelet.stop();
  });
});
