import { setTimeout as delay } from "node:timers/promises";
import type { Meter } from "../measures/meter.ts";

/** Leaves the subject alone with its pods for `seconds`; answers its CPU seconds a minute. */
export async function measureIdle(meter: Meter, seconds: number, signal: AbortSignal): Promise<number> {
  const before = await meter.settled(signal);
  await delay(seconds * 1_000, undefined, { signal });
  const after = await meter.read();
  return ((after.usage.cpuSeconds - before.usage.cpuSeconds) / seconds) * 60;
}
