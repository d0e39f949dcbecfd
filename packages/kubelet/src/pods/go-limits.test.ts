import { ProviderError } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { podPath, Simulation } from "../testdata/simulation.ts";

const down = new ProviderError("Unavailable", "the backend does not answer");

// What the Go virtual-kubelet cannot do, each by what its users see of it.
describe("limits of the Go virtual-kubelet that do not hold here", () => {
  it("no work queue slows the first sight of many pods down", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    await world.advance(1_000);
    world.allocatable = { pods: "1000" };
    for (let index = 0; index < 500; index++) world.addPod(`p${index}`);
    await world.advance(1_000);
    expect(world.backend.started).toHaveLength(500);
    await kubelet.stop();
  });

  it("a create that fails for hours is not dropped after twenty tries", async () => {
    const world = new Simulation();
    world.backend.fail("createPod", ...Array(40).fill(down));
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(2 * 3_600_000);
    expect(world.status("p")).toMatchObject({ phase: "Pending", reason: "Unavailable" });
    await world.advance(2 * 3_600_000);
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await kubelet.stop();
  });

  it("a delete that fails for an hour ends all the same, and the object stays until nothing runs", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    world.backend.fail("deletePod", ...Array(40).fill(down));
    world.deletePod("p", 1);
    await world.advance(1_800_000);
    expect(world.pod("p")).toBeDefined();
    await world.advance(1_800_000);
    expect(world.pod("p")).toBeUndefined();
    expect(world.backend.released).toEqual([uid]);
    await kubelet.stop();
  });

  it("a pod that vanished while the watch was broken is ended", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    world.api.setDown(true);
    world.api.remove(podPath("p"));
    await world.advance(60_000);
    world.api.setDown(false);
    await world.advance(60_000);
    expect(world.backend.stopRequests).toEqual([`${uid}/30`]);
    expect(world.backend.released).toEqual([uid]);
    await kubelet.stop();
  });

  it("a pod made anew under one name is another pod, and what belongs to others in its status stays", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const first = world.addPod("p");
    await world.advance(3_000);
    world.api.remove(podPath("p"));
    const second = world.addPod("p");
    const gate = { type: "example.com/ready", status: "True" };
    world.api.put(podPath("p"), {
      ...world.pod("p"),
      metadata: { ...world.pod("p")?.metadata, labels: { of: "somebody" }, finalizers: ["example.com/f"] },
      status: { ...world.status("p"), conditions: [gate] },
    });
    await world.advance(5_000);
    expect(world.backend.started).toEqual([`${first}/0`, `${second}/0`]);
    expect(world.backend.stopRequests).toEqual([`${first}/30`]);
    expect(world.status("p").phase).toBe("Running");
    expect(world.status("p").conditions).toContainEqual(gate);
    expect(world.pod("p")?.metadata).toMatchObject({
      labels: { of: "somebody" },
      finalizers: ["example.com/f"],
    });
    await kubelet.stop();
  });

  it("a pod of policy Never survives an error of its create, and one that ran is never run again", async () => {
    const world = new Simulation();
    world.backend.fail("createPod", down);
    const first = world.start();
    const uid = world.addPod("p", { restartPolicy: "Never" });
    await world.advance(5_000);
    expect(world.status("p").phase).toBe("Running");
    await first.stop();
    world.backend.forget(uid);
    const second = world.start();
    await world.advance(60_000);
    expect(world.status("p")).toMatchObject({ phase: "Failed", reason: "PodLost" });
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await second.stop();
  });
});
