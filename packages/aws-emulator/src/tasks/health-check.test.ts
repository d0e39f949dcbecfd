import { expect, it } from "vitest";
import type { EmulatorClock } from "../clock.ts";
import type { HealthCheckPlan } from "./container-plan.ts";
import { watchHealth } from "./health-check.ts";

const plan: HealthCheckPlan = {
  command: ["CMD", "ok"],
  interval: 5000,
  timeout: 2000,
  retries: 2,
  startPeriod: 60_000,
};

/** What is reported after each of the looks; a wait passes at once, but for that of a timeout, which never does. */
async function reportsOf(looks: readonly boolean[]): Promise<readonly string[]> {
  const stop = new AbortController();
  let now = 0;
  const clock: EmulatorClock = {
    now: () => now,
    sleep: (milliseconds, signal) => {
      if (milliseconds === plan.timeout) {
        return new Promise((_resolve, reject) =>
          signal?.addEventListener("abort", () => reject(signal.reason)),
        );
      }
      now += milliseconds;
      return Promise.resolve();
    },
  };
  const reports: string[] = [];
  const left = [...looks];
  await watchHealth(
    plan,
    clock,
    async () => {
      const look = left.shift();
      if (look === undefined) stop.abort();
      return look ?? false;
    },
    (health) => reports.push(health),
    stop.signal,
  );
  return reports;
}

it("failures of the start do not count until its time is over", async () => {
  expect(await reportsOf(Array.from({ length: 11 }, () => false))).toEqual([]);
  expect(await reportsOf(Array.from({ length: 13 }, () => false))).toEqual(["UNHEALTHY"]);
});

it("failures count after the first success, whatever is left of the time", async () => {
  expect(await reportsOf([false, true, false, false])).toEqual(["HEALTHY", "UNHEALTHY"]);
});
