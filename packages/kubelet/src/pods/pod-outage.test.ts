import { ProviderError } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { Simulation } from "../testdata/simulation.ts";

const unavailable = new ProviderError("Unavailable", "list tasks: no answer");

describe("an API server that does not answer for a while", () => {
  it("loses no pod, and statuses go on when it is back", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const running = world.addPod("a");
    const ending = world.addPod("b");
    await world.advance(3_000);
    world.api.setDown(true);
    world.backend.finish(ending, 0);
    await world.advance(300_000);
    expect(world.status("b").phase).toBe("Running");
    world.api.setDown(false);
    const young = world.addPod("c");
    await world.advance(120_000);
    expect(world.status("a").phase).toBe("Running");
    expect(world.status("b").phase).toBe("Succeeded");
    expect(world.status("c").phase).toBe("Running");
    expect(world.backend.started).toEqual([`${running}/0`, `${ending}/0`, `${young}/0`]);
    expect(world.backend.stopRequests).toEqual([]);
    await kubelet.stop();
  });

  it("at the first status: nothing is created at a backend whose listings lag behind until it is written", async () => {
    const world = new Simulation({ absenceGraceMs: 3_000 });
    const { KubeApiError } = await import("../api/kube-api-error.ts");
    let down = true;
    const kubelet = world.start({
      fuse: (call) => {
        if (down && call.startsWith("patch"))
          throw new KubeApiError("down", { status: 0, reason: "NetworkError" });
      },
    });
    world.addPod("p");
    await world.advance(30_000);
    expect(world.backend.started).toEqual([]);
    down = false;
    await world.advance(60_000);
    expect(world.backend.started).toHaveLength(1);
    await kubelet.stop();
  });
});

describe("a backend that does not answer for a while", () => {
  it.each([
    ["fails", unavailable],
    ["throws what is no error", "odd"],
    ["throws nothing", undefined],
  ])("%s: no pod fails, the fault is known, and it recovers by itself", async (_, error) => {
    const world = new Simulation();
    const kubelet = world.start();
    world.addPod("p");
    await world.advance(3_000);
    world.backend.fail("listPods", ...Array(10).fill(error));
    await world.advance(30_000);
    expect(kubelet.pods.backendError).toBeDefined();
    expect(world.status("p").phase).toBe("Running");
    await world.advance(300_000);
    expect(kubelet.pods.backendError).toBeUndefined();
    expect(world.healthChanges).toBe(2);
    expect(world.status("p").phase).toBe("Running");
    await kubelet.stop();
  });

  it("hangs: the listing is given up after a minute", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    await world.advance(3_000);
    world.backend.hang("listPods");
    await world.advance(61_000);
    expect(String(kubelet.pods.backendError)).toContain("listPods: no answer within 60 s");
    await world.advance(5_000);
    expect(kubelet.pods.backendError).toBeUndefined();
    await kubelet.stop();
  });

  it("at the start: nothing is created and nothing fails before it was listed once", async () => {
    const world = new Simulation();
    const first = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    await first.stop();
    world.backend.fail("listPods", ...Array(5).fill(unavailable));
    const second = world.start();
    world.addPod("q");
    await world.advance(10_000);
    expect(world.backend.started).toEqual([`${uid}/0`]);
    expect(world.status("p").phase).toBe("Running");
    await world.advance(60_000);
    expect(world.backend.started).toHaveLength(2);
    await second.stop();
  });

  it("is throttled: it is asked when it wants to be, and counts as healthy for a while", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    await world.advance(3_000);
    world.backend.fail("listPods", new ProviderError("Throttled", "slow down", { retryAfterMs: 20_000 }));
    await world.advance(15_000);
    expect(kubelet.pods.backendError).toBeUndefined();
    await kubelet.stop();
  });
});

describe("watchPods", () => {
  it("that breaks again and again loses nothing", async () => {
    const world = new Simulation({ watches: true });
    world.backend.fail("watchPods", ...Array(50).fill(new Error("stream reset")));
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(40_000);
    expect(world.status("p").phase).toBe("Running");
    world.backend.finish(uid, 0);
    await world.advance(60_000);
    expect(world.status("p").phase).toBe("Succeeded");
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await kubelet.stop();
  });

  it("tells what a listing under way does not hold yet: that is not absence", async () => {
    const world = new Simulation({ watches: true });
    const gate = Promise.withResolvers<void>();
    let listings = 0;
    const provider = world.provider();
    const kubelet = world.start({
      provider: {
        ...provider,
        listPods: async (context) => {
          listings += 1;
          const seen = await provider.listPods(context);
          // The second listing looked before the pod came, and answers after.
          if (listings === 2) await gate.promise;
          return seen;
        },
      },
    });
    await world.advance(1_000);
    expect(listings).toBe(2);
    const uid = world.addPod("p");
    await world.advance(3_000);
    expect(world.status("p").phase).toBe("Running");
    gate.resolve();
    await world.advance(10_000);
    expect(world.status("p").phase).toBe("Running");
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await kubelet.stop();
  });
});

describe("many pods", () => {
  it("go on while the create of others hangs", async () => {
    const world = new Simulation();
    for (let index = 0; index < 10; index++) world.backend.hang("createPod");
    const kubelet = world.start();
    for (let index = 0; index < 30; index++) world.addPod(`p${index}`);
    await world.advance(5_000);
    expect(world.backend.started).toHaveLength(20);
    await world.advance(180_000);
    expect(world.backend.started).toHaveLength(30);
    await kubelet.stop();
  });
});
