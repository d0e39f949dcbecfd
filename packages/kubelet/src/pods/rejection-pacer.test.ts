import { describe, expect, it } from "vitest";
import { RejectionPacer } from "./rejection-pacer.ts";

const owned = {
  metadata: {
    ownerReferences: [
      { apiVersion: "apps/v1", kind: "ReplicaSet", name: "r", uid: "owner", controller: true },
    ],
  },
};

describe("RejectionPacer", () => {
  it("F6: spaces the rejections of one owner, up to five minutes", () => {
    const pacer = new RejectionPacer();
    const delays = Array.from({ length: 12 }, (_, index) => pacer.delayFor(owned, index * 1_000));
    expect(delays).toEqual([
      0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000,
    ]);
  });

  it("never delays a pod that nobody replaces", () => {
    const pacer = new RejectionPacer();
    expect([pacer.delayFor({}, 0), pacer.delayFor({}, 1)]).toEqual([0, 0]);
  });

  it("starts anew after ten quiet minutes", () => {
    const pacer = new RejectionPacer();
    pacer.delayFor(owned, 0);
    pacer.delayFor(owned, 1);
    expect(pacer.delayFor(owned, 700_000)).toBe(0);
  });
});
