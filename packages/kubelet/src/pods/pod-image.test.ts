import { createInMemoryProvider } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { podPath, Simulation } from "../testdata/simulation.ts";

const fault =
  'Failed to apply default image tag "App:1": couldn\'t parse image name "App:1": ' +
  "invalid reference format: repository name (library/App) must be lowercase";

describe("an image that is none", () => {
  it("A6, B4: makes its container wait, and the pod starts once it has another", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p", { containers: [{ name: "main", image: "App:1" }] });
    await world.advance(5_000);
    expect(world.backend.started).toEqual([]);
    expect(world.status("p").phase).toBe("Pending");
    expect(world.container("p").state).toEqual({ waiting: { reason: "InvalidImageName", message: fault } });
    expect(world.eventMessages("p")).toEqual(
      expect.arrayContaining([`Warning InspectFailed: ${fault}`, "Warning Failed: Error: InvalidImageName"]),
    );
    const pod = world.pod("p");
    world.api.put(podPath("p"), {
      ...pod,
      spec: { ...pod?.spec, containers: [{ name: "main", image: "app:1" }] },
    });
    await world.advance(5_000);
    expect(world.backend.started).toEqual([`${uid}/0`]);
    expect(world.status("p").phase).toBe("Running");
    await kubelet.stop();
  });

  it("is nothing to a backend that runs no images", async () => {
    const world = new Simulation();
    const inner = createInMemoryProvider({ backend: world.backend });
    const provider = { ...inner, traits: { ...inner.traits, runsImages: false } };
    const kubelet = world.start({ provider });
    const uid = world.addPod("p", { containers: [{ name: "main", image: "App:1" }] });
    await world.advance(5_000);
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await kubelet.stop();
  });
});
