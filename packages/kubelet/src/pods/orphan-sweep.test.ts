import type { PodObservation } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { findOrphans } from "./orphan-sweep.ts";

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

describe("findOrphans", () => {
  it("ends a pod only when two sweeps in a row missed its object", () => {
    const first = findOrphans([known("a"), known("b")], (uid) => uid === "b", new Set());
    expect(first.orphans).toEqual([]);
    const second = findOrphans([known("a"), known("b")], (uid) => uid === "b", first.suspects);
    expect(second.orphans.map((ref) => ref.uid)).toEqual(["a"]);
  });

  it("touches nothing when most of many running pods are unknown: this is the wrong cluster", () => {
    const all = uids(12, "p");
    const result = findOrphans(
      all.map((uid) => known(uid)),
      () => false,
      new Set(all),
    );
    expect(result).toMatchObject({ orphans: [], refused: 12 });
  });

  it("releases any number of ended ones", () => {
    const all = uids(12, "p");
    const result = findOrphans(
      all.map((uid) => known(uid, "ended")),
      () => false,
      new Set(all),
    );
    expect(result.orphans.length).toBe(12);
  });
});
