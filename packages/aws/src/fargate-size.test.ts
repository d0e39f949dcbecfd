import { describe, expect, it } from "vitest";
import { fargateSizeFor, fargateSizes } from "./fargate-size.ts";

describe("E8: the smallest Fargate size that covers the request", () => {
  it("knows the 77 documented sizes", () => {
    expect(fargateSizes.reduce((sum, row) => sum + row.memory.length, 0)).toBe(77);
  });

  it.each([
    [0n, 0n, { cpu: 256, memory: 512 }],
    [250n, 512n, { cpu: 256, memory: 512 }],
    [251n, 512n, { cpu: 512, memory: 1024 }],
    [250n, 2049n, { cpu: 512, memory: 3072 }],
    [1000n, 8193n, { cpu: 2048, memory: 9216 }],
    [4000n, 30_721n, { cpu: 8192, memory: 32_768 }],
    [16_001n, 1n, { cpu: 32_768, memory: 61_440 }],
    [1n, 122_881n, { cpu: 32_768, memory: 249_856 }],
  ])("%dm CPU and %d MiB", (milliCpu, memory, expected) => {
    expect(fargateSizeFor(milliCpu, memory)).toEqual(expected);
  });

  it("has no answer beyond the largest size", () => {
    expect(fargateSizeFor(32_001n, 1n)).toBeUndefined();
    expect(fargateSizeFor(1n, 249_857n)).toBeUndefined();
  });
});
