import { describe, expect, it } from "vitest";
import { podPath, Simulation } from "../testdata/simulation.ts";

describe("another image of a running container", () => {
  const changed = { containers: [{ name: "main", image: "app:2" }] };

  it("I7: is given to a backend that takes changes, once", async () => {
    const world = new Simulation({}, { takesUpdates: true });
    const kubelet = world.start();
    world.addPod("p");
    await world.advance(5_000);
    world.changePod("p", { spec: changed });
    await world.advance(60_000);
    expect(world.updates).toEqual(["app:2"]);
    expect(world.status("p").observedGeneration).toBe(2);
    await kubelet.stop();
  });

  it("I7: is told as what the backend cannot do, where it takes none", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    world.addPod("p");
    await world.advance(5_000);
    world.changePod("p", { spec: changed });
    await world.advance(60_000);
    expect(world.eventMessages("p").slice(1)).toEqual([
      'Warning Unsupported: the memory backend did not carry over image "app:2" of container "main": it has no way to change a pod that runs; create the pod anew',
    ]);
    await kubelet.stop();
  });

  it("I7: waits for what the pod refers to and is not there, as long as that takes", async () => {
    const world = new Simulation({}, { takesUpdates: true });
    const kubelet = world.start();
    world.addConfigMap("cm", { color: "green" });
    const env = [{ name: "COLOR", valueFrom: { configMapKeyRef: { name: "cm", key: "color" } } }];
    world.addPod("p", { containers: [{ name: "main", image: "app:1", env }] });
    await world.advance(5_000);
    world.api.remove("/api/v1/namespaces/default/configmaps/cm");
    world.changePod("p", { spec: { containers: [{ name: "main", image: "app:2", env }] } });
    await world.advance(60_000);
    expect(world.updates).toEqual([]);
    expect(world.eventMessages("p")).toContain(
      'Warning FailedSync: changes do not reach the running pod yet: configmap "cm" not found',
    );
    world.addConfigMap("cm", { color: "red" });
    await world.advance(60_000);
    expect(world.updates).toEqual(["app:2"]);
    await kubelet.stop();
  });

  it("I7: is noticed by its generation when it came while no kubelet ran", async () => {
    const world = new Simulation({}, { takesUpdates: true });
    const first = world.start();
    world.addPod("p");
    world.addPod("q");
    await world.advance(5_000);
    await first.stop();
    world.changePod("p", { spec: changed });
    const second = world.start();
    await world.advance(60_000);
    expect(world.updates).toEqual(["app:2"]);
    expect(world.api.get(podPath("q"))?.status.phase).toBe("Running");
    await second.stop();
  });
});
