import { describe, expect, it } from "vitest";
import { median, percentile, summarize } from "./statistics.ts";

describe("percentile", () => {
  it("is a value that was measured, whatever the order", () => {
    expect(percentile([40, 10, 30, 20], 0.5)).toBe(20);
    expect(percentile([40, 10, 30, 20], 0.99)).toBe(40);
    expect(percentile([40, 10, 30, 20], 0)).toBe(10);
  });

  it("of a hundred values leaves as many above as it says", () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(percentile(values, 0.99)).toBe(99);
    expect(percentile(values, 1)).toBe(100);
  });

  it("is no number without values", () => {
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe("median", () => {
  it("is the value in the middle", () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it("is halfway between two in the middle", () => {
    expect(median([4, 1, 2, 100])).toBe(3);
  });

  it("is no number without values", () => {
    expect(median([])).toBeNaN();
  });

  it("sorts by value and not by text", () => {
    expect(median([100, 9, 20])).toBe(20);
  });
});

describe("summarize", () => {
  it("shows the middle and how far the rounds lie apart", () => {
    expect(summarize([311, 298, 330])).toEqual({ median: 311, lowest: 298, highest: 330, rounds: 3 });
  });

  it("has nothing to say without rounds", () => {
    expect(summarize([])).toBeUndefined();
  });
});
