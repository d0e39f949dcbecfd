import { expect, it } from "vitest";
import { type BackoffOptions, type BackoffState, nextBackoff } from "./backoff.ts";

/** Delays of a container that ends `ranMs` after every start. */
function delays(count: number, ranMs: number, options?: BackoffOptions): number[] {
  let state: BackoffState | undefined;
  let finishedAt = 1_000_000;
  return Array.from({ length: count }, () => {
    const next = nextBackoff(state, finishedAt, options);
    state = next.state;
    finishedAt += next.delayMs + ranMs;
    return next.delayMs / 1000;
  });
}

it("B1: the first restart is immediate, then 10, 20, 40, 80, 160, 300, 300 s", () => {
  expect(delays(9, 1_000)).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300]);
});

it("B2: an exit more than 600 s after the last restart begins anew", () => {
  expect(delays(4, 600_001)).toEqual([0, 0, 0, 0]);
  expect(delays(4, 600_000)).toEqual([0, 10, 20, 40]);
});

it("B2: begins anew also from the cap", () => {
  const capped: BackoffState = { nextDelayMs: 300_000, updatedAtMs: 0 };
  expect(nextBackoff(capped, 600_000).delayMs).toBe(300_000);
  const anew = nextBackoff(capped, 600_001);
  expect(anew.delayMs).toBe(0);
  expect(nextBackoff(anew.state, 610_000).delayMs).toBe(10_000);
});

it("B3: the cap is configurable, and the first delay drops to it", () => {
  expect(delays(5, 1_000, { maxMs: 25_000 })).toEqual([0, 10, 20, 25, 25]);
  expect(delays(3, 1_000, { maxMs: 5_000 })).toEqual([0, 5, 5]);
  expect(delays(4, 1_000, { initialMs: 1_000 })).toEqual([0, 1, 2, 4]);
});
