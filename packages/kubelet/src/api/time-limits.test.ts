import { FakeClock } from "@vkubelet/testing";
import { expect, it } from "vitest";
import { TimeLimits } from "./time-limits.ts";

it("expires each limit at its own time, on one timer", async () => {
  const clock = new FakeClock();
  using limits = new TimeLimits(clock, 1_000);
  const expired: string[] = [];
  limits.start(() => expired.push("first"));
  await clock.advance(400);
  limits.start(() => expired.push("second"));
  expect(clock.sleeping).toBe(1);
  await clock.advance(600);
  expect(expired).toEqual(["first"]);
  await clock.advance(400);
  expect(expired).toEqual(["first", "second"]);
  expect(clock.sleeping).toBe(0);
});

it("lets what ended before its time alone, and goes on with what starts later", async () => {
  const clock = new FakeClock();
  using limits = new TimeLimits(clock, 1_000);
  const expired: string[] = [];
  limits.start(() => expired.push("ended"))();
  await clock.advance(2_000);
  limits.start(() => expired.push("later"));
  await clock.advance(1_000);
  expect(expired).toEqual(["later"]);
});

it("frees its timer when disposed of", async () => {
  const clock = new FakeClock();
  const limits = new TimeLimits(clock, 1_000);
  limits.start(() => {});
  expect(clock.sleeping).toBe(1);
  limits[Symbol.dispose]();
  expect(clock.sleeping).toBe(0);
});
