import { ProviderError } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { Simulation } from "../testdata/simulation.ts";

const hourMs = 3_600_000;

describe("a node whose time of day is set back by an hour", () => {
  it("B1: restarts a container after its back-off", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p", { restartPolicy: "Always" });
    await world.advance(3_000);
    world.backend.finish(uid, 1);
    await world.advance(5_000);
    world.backend.finish(uid, 1);
    await world.advance(3_000);
    world.clock.jump(-hourMs);
    expect(world.backend.started).toHaveLength(2);
    await world.advance(10_000);
    expect(world.backend.started).toHaveLength(3);
    await kubelet.stop();
  });

  it("goes on to look at its backend", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    world.clock.jump(-hourMs);
    world.backend.finish(uid, 0);
    await world.advance(3_000);
    expect(world.status("p").phase).toBe("Succeeded");
    await kubelet.stop();
  });

  it("tries again what failed before", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    world.backend.fail("createPod", new ProviderError("Unavailable", "no answer"));
    world.addPod("p");
    await world.advance(100);
    world.clock.jump(-hourMs);
    await world.advance(5_000);
    expect(world.status("p").phase).toBe("Running");
    await kubelet.stop();
  });

  it("ends a pod that is deleted, and lets its object go", async () => {
    const world = new Simulation({ absenceGraceMs: 5_000 });
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(10_000);
    world.deletePod("p");
    world.clock.jump(-hourMs);
    world.backend.forget(uid);
    await world.advance(20_000);
    expect(world.pod("p")).toBeUndefined();
    await kubelet.stop();
  });

  it("C7: has a new token before the old one ends, and asks for no more", async () => {
    const world = new Simulation({}, { takesUpdates: true });
    const kubelet = world.start();
    const sources = [{ serviceAccountToken: { path: "token", expirationSeconds: 3_600 } }];
    world.addPod("p", {
      volumes: [{ name: "v", projected: { sources } }],
      containers: [{ name: "main", image: "app:1", volumeMounts: [{ name: "v", mountPath: "/v" }] }],
    });
    await world.advance(3_000);
    world.clock.jump(-hourMs);
    await world.advance(2_870_000);
    expect(world.updates).toEqual([]);
    await world.advance(20_000);
    expect(world.updates).toEqual(["app:1 token=token-1"]);
    await kubelet.stop();
  });
});

describe("a node whose time of day is set forward by an hour", () => {
  it("takes no pod for lost that its backend does not show for a moment", async () => {
    const world = new Simulation({ absenceGraceMs: 60_000 });
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    const [observation] = world.backend.list();
    world.backend.forget(uid);
    await world.advance(3_000);
    world.clock.jump(hourMs);
    await world.advance(10_000);
    expect(observation?.state).toBe("active");
    expect(world.status("p").phase).toBe("Running");
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await kubelet.stop();
  });

  it("Y1: ends a pod whose deadline is over by the new time, although nothing else happens to it", async () => {
    const world = new Simulation({ watches: true });
    const kubelet = world.start();
    world.addPod("p", { activeDeadlineSeconds: 1_800 });
    await world.advance(3_000);
    world.clock.jump(hourMs);
    await world.advance(70_000);
    expect(world.status("p")).toMatchObject({ phase: "Failed", reason: "DeadlineExceeded" });
    await kubelet.stop();
  });

  it("does not ask for a token again and again because the new one seems to be over", async () => {
    const world = new Simulation({}, { takesUpdates: true });
    const kubelet = world.start();
    const sources = [{ serviceAccountToken: { path: "token", expirationSeconds: 3_600 } }];
    world.addPod("p", {
      volumes: [{ name: "v", projected: { sources } }],
      containers: [{ name: "main", image: "app:1", volumeMounts: [{ name: "v", mountPath: "/v" }] }],
    });
    await world.advance(3_000);
    world.clock.jump(2 * hourMs);
    await world.advance(60_000);
    const asked = world.api.writes.filter(({ path }) => path.endsWith("/token"));
    expect(asked).toHaveLength(1);
    await kubelet.stop();
  });
});
