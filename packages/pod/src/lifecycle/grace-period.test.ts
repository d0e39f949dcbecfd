import type { Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { gracePeriodSeconds } from "./grace-period.ts";

function podOf(spec: number | undefined, deletion?: number): Pod {
  return {
    metadata: { ...(deletion !== undefined && { deletionGracePeriodSeconds: deletion }) },
    spec: { containers: [], ...(spec !== undefined && { terminationGracePeriodSeconds: spec }) },
  };
}

describe("gracePeriodSeconds", () => {
  it("G1: what the API server decided, else the pod's own, else 30 s", () => {
    expect(gracePeriodSeconds(podOf(60, 5))).toBe(5);
    expect(gracePeriodSeconds(podOf(5, 60))).toBe(60);
    expect(gracePeriodSeconds(podOf(60))).toBe(60);
    expect(gracePeriodSeconds({})).toBe(30);
  });

  it("G1, G8: never less than 1 s, for a forced deletion too", () => {
    expect(gracePeriodSeconds(podOf(60, 0))).toBe(1);
    expect(gracePeriodSeconds(podOf(0))).toBe(1);
    expect(gracePeriodSeconds(podOf(-5))).toBe(1);
  });

  it("G1: it only ever shrinks", () => {
    expect(gracePeriodSeconds(podOf(60, 20), { previous: 10 })).toBe(10);
    expect(gracePeriodSeconds(podOf(60, 5), { previous: 10 })).toBe(5);
    expect(gracePeriodSeconds(podOf(60), { previous: 10 })).toBe(10);
  });

  it("M4, Y3: an eviction or a shutdown shortens it", () => {
    expect(gracePeriodSeconds(podOf(60), { override: 1 })).toBe(1);
    expect(gracePeriodSeconds(podOf(60, 20), { override: 25 })).toBe(20);
    expect(gracePeriodSeconds(podOf(60, 20), { override: 3, previous: 4 })).toBe(3);
  });
});
