import { setTimeout as delay } from "node:timers/promises";
import type { Meter } from "../measures/meter.ts";
import { requestsBetween } from "../measures/request-counts.ts";
import type { IdleResult } from "./part-result.ts";

/** Leaves the subject alone with its pods for `seconds`. */
export async function measureIdle(meter: Meter, seconds: number): Promise<IdleResult> {
  const before = await meter.settled();
  await delay(seconds * 1_000);
  const after = await meter.read();
  const minutes = seconds / 60;
  const requests = [...requestsBetween(before.requests, after.requests).values()];
  return {
    cpuSecondsPerMinute: (after.usage.cpuSeconds - before.usage.cpuSeconds) / minutes,
    requestsPerMinute: requests.reduce((sum, count) => sum + count, 0) / minutes,
  };
}
