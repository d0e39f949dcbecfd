import type { PodObservation } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { podPath, Simulation } from "../testdata/simulation.ts";

describe("a provider that floods", () => {
  it("with observations: the last one counts, statuses are few, and others get their turn", async () => {
    const world = new Simulation({ watches: true });
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    const before = world.api.writes.filter(({ path }) => path.startsWith(podPath("p"))).length;
    for (let index = 0; index < 20_000; index++) {
      world.backend.observe(uid, { podIPs: [`10.0.${(index >> 8) & 255}.${index & 255}`] });
    }
    const other = world.addPod("other");
    await world.advance(5_000);
    expect(world.status("p").podIP).toBe("10.0.78.31");
    expect(world.backend.started).toContain(`${other}/0`);
    const after = world.api.writes.filter(({ path }) => path.startsWith(podPath("p"))).length;
    // As many as an ordinary life may have at once, and a few at the steady pace; with each come the echoes.
    expect(after - before).toBeLessThan(50);
    await kubelet.stop();
  });

  it("with 10,000 observations of 2,000 pods within a second: the last one of each counts, and none waits for another", async () => {
    const world = new Simulation({ watches: true });
    world.allocatable = { cpu: "64", memory: "64Gi", pods: "5000" };
    const kubelet = world.start();
    const uids = Array.from({ length: 2_000 }, (_, index) => world.addPod(`p${index}`));
    await world.advance(5_000);
    expect(world.backend.started).toHaveLength(2_000);
    const before = world.api.writes.length;
    for (let round = 0; round < 5; round++) {
      for (const uid of uids) world.backend.observe(uid, { podIPs: [`10.0.${round}.1`] });
    }
    // The fake clock gives each of its steps a few turns of the event loop, and the writes take many.
    for (let step = 0; step < 400; step++) await world.advance(2.5);
    const ips = new Set(uids.map((_, index) => world.status(`p${index}`).podIP));
    expect([...ips]).toEqual(["10.0.4.1"]);
    expect(world.api.writes.length - before).toBeLessThanOrEqual(10_000);
    expect(world.backend.started).toHaveLength(2_000);
    await kubelet.stop();
  });

  it("with notices: repeats are counted, and of different ones a pod gets no more than 25 at once", async () => {
    const world = new Simulation();
    const provider = world.provider();
    const kubelet = world.start({
      provider: {
        ...provider,
        createPod: (pod, context) => {
          for (let index = 0; index < 10_000; index++)
            context.notify({ type: "Normal", reason: "Chatter", message: `line ${index}` });
          return provider.createPod(pod, context);
        },
      },
    });
    world.addPod("p");
    const quiet = world.addPod("quiet");
    await world.advance(60_000);
    expect(world.status("p").phase).toBe("Running");
    expect(world.events("p")).toHaveLength(25);
    expect(world.backend.started).toContain(`${quiet}/0`);
    await kubelet.stop();
  });

  it("with pods that nobody asked for: they are left alone when there are suspiciously many, and forgotten when gone", async () => {
    const world = new Simulation();
    const provider = world.provider();
    let strangers = 500;
    const kubelet = world.start({
      provider: {
        ...provider,
        listPods: async (context) => [
          ...(await provider.listPods(context)),
          ...Array.from(
            { length: strangers },
            (_, index): PodObservation => ({
              ref: { namespace: "n", name: `s${index}`, uid: `s${index}` },
              attempt: 0,
              version: 1,
              state: "active",
              containers: [],
            }),
          ),
        ],
      },
    });
    world.addPod("p");
    await world.advance(120_000);
    expect(world.status("p").phase).toBe("Running");
    expect(world.backend.stopRequests).toEqual([]);
    strangers = 3;
    await world.advance(120_000);
    expect([...new Set(world.backend.stopRequests)].toSorted()).toEqual(["s0/30", "s1/30", "s2/30"]);
    await kubelet.stop();
  });
});
