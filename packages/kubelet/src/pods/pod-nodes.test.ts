import { describe, expect, it } from "vitest";
import { Simulation } from "../testdata/simulation.ts";

describe("several nodes in one process", () => {
  it("each watch their own pods alone, once, and end without each other", async () => {
    const world = new Simulation();
    const other = new Simulation();
    const watches: string[] = [];
    const fuse = (call: string, when: string) => {
      if (call === "watch /api/v1/pods" && when === "before") watches.push(call);
    };
    world.api.put("/api/v1/nodes/vk2", { apiVersion: "v1", kind: "Node", metadata: { name: "vk2" } });
    const first = world.start({ fuse });
    const second = world.start({ fuse, nodeName: "vk2", provider: other.provider() });
    const here = world.addPod("here");
    const there = world.addPod("there", { nodeName: "vk2" });
    await world.advance(5_000);
    expect(world.backend.started).toEqual([`${here}/0`]);
    expect(other.backend.started).toEqual([`${there}/0`]);
    expect(watches).toHaveLength(2);
    await first.stop();
    other.backend.finish(there, 0);
    world.backend.finish(here, 0);
    await world.advance(5_000);
    expect(world.status("there").phase).toBe("Succeeded");
    expect(world.status("here").phase).toBe("Running");
    await second.stop();
  });
});
