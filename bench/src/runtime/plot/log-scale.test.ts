import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logScale } from "./log-scale.ts";

describe("logarithmic scale", () => {
  it("ends in round numbers around the values", () => {
    expect(logScale([55, 606, 1270])).toMatchObject({
      low: 50,
      high: 2000,
      ticks: [50, 100, 200, 500, 1000, 2000],
    });
  });

  it("gives values that lie close together no more room than they deserve", () => {
    const { low, high } = logScale([300, 310]);
    expect(high / low).toBeGreaterThanOrEqual(5);
  });

  it("shows powers of ten alone where many ticks would crowd", () => {
    expect(logScale([0.5, 9000]).ticks).toEqual([0.5, 10, 100, 1000, 10_000]);
  });

  it("puts equal ratios at equal distances", () => {
    const { share } = logScale([10, 1000]);
    expect(share(10)).toBeCloseTo(0);
    expect(share(100)).toBeCloseTo(0.5);
    expect(share(1000)).toBeCloseTo(1);
  });

  it("stands without values, and with none that a logarithm knows", () => {
    expect(logScale([])).toMatchObject({ low: 1, high: 10 });
    expect(logScale([0, Number.NaN])).toMatchObject({ low: 1, high: 10 });
  });

  it("holds every value between its ends, and has few ticks in ascending order", () => {
    const values = fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, (values) => {
        const { low, high, ticks } = logScale(values);
        expect(low).toBeLessThanOrEqual(Math.min(...values) * 1.001);
        expect(high).toBeGreaterThanOrEqual(Math.max(...values) * 0.999);
        expect(ticks.at(0)).toBe(low);
        expect(ticks.at(-1)).toBe(high);
        expect(ticks).toEqual([...new Set(ticks)].sort((left, right) => left - right));
        expect(ticks.length).toBeLessThanOrEqual(11);
      }),
    );
  });
});
