import type { PodObservation } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { Simulation } from "../testdata/simulation.ts";
import { findOrphans, type OrphanSettings } from "./orphan-sweep.ts";

function known(uid: string, state: PodObservation["state"] = "active") {
  return {
    observation: {
      ref: { namespace: "n", name: uid, uid },
      attempt: 0,
      version: 1,
      state,
      containers: [],
    } as PodObservation,
  };
}
const uids = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const since = (time: number, names: readonly string[]) => new Map(names.map((uid) => [uid, time]));

describe("findOrphans", () => {
  it("ends a pod only when two sweeps missed its object, and its grace is over", () => {
    const pods = [known("a"), known("b")];
    const hasObject = (uid: string) => uid === "b";
    const first = findOrphans(pods, hasObject, new Map(), 1_000);
    expect(first).toEqual({ orphans: [], suspects: since(1_000, ["a"]), refused: 0 });
    const second = findOrphans(pods, hasObject, first.suspects, 30_999);
    expect(second.orphans).toEqual([]);
    const third = findOrphans(pods, hasObject, second.suspects, 31_000);
    expect(third.orphans.map((ref) => ref.uid)).toEqual(["a"]);
    expect(findOrphans(pods, hasObject, new Map(), 9e9, { graceSeconds: 0 }).orphans).toEqual([]);
  });

  it("begins anew with a pod whose object was seen in between", () => {
    const first = findOrphans([known("a")], () => false, new Map(), 0);
    const second = findOrphans([known("a")], () => true, first.suspects, 60_000);
    expect(findOrphans([known("a")], () => false, second.suspects, 120_000).orphans).toEqual([]);
  });

  const all = uids(12, "p");
  const sweep = (state: PodObservation["state"], settings?: OrphanSettings) =>
    findOrphans(
      all.map((uid) => known(uid, state)),
      () => false,
      since(0, all),
      60_000,
      settings,
    );

  it("touches nothing when most of many running pods are unknown: this is the wrong cluster", () => {
    expect(sweep("active")).toMatchObject({ orphans: [], refused: 12 });
    expect(sweep("active", { refuseAbove: { count: 12, share: 0.5 } }).orphans).toHaveLength(12);
    expect(sweep("active", { refuseAbove: { count: 0, share: 0 } }).refused).toBe(12);
  });

  it("releases any number of ended ones", () => {
    expect(sweep("ended").orphans).toHaveLength(12);
  });
});

describe("a pod whose object went while no kubelet ran", () => {
  it("is ended after its grace of absence, and released", async () => {
    const world = new Simulation();
    const first = world.start();
    const gone = world.addPod("gone");
    const stays = world.addPod("stays");
    await world.advance(3_000);
    await first.stop();
    world.deletePod("gone", 0);
    const second = world.start({ orphans: { graceSeconds: 120 } });
    await world.advance(120_000);
    expect(world.backend.stopRequests).toEqual([]);
    await world.advance(35_000);
    expect(world.backend.stopRequests).toEqual([`${gone}/30`]);
    expect(world.backend.released).toEqual([gone]);
    expect(world.backend.list().map(({ ref }) => ref.uid)).toEqual([stays]);
    await second.stop();
  });
});
