import type { PodCensus, PodState } from "../cluster/pod-census.ts";
import type { Meter } from "../measures/meter.ts";
import { podWrites, withoutDriver } from "../measures/request-counts.ts";
import type { RateResult } from "./part-result.ts";

/** What the driver does to `count` pods, and what is awaited of them. */
export interface RateMeasurement {
  readonly meter: Meter;
  readonly count: number;
  readonly state: PodState;
  /** Requests that the driver itself sends, by `VERB resource`. */
  readonly driverRequests: Readonly<Record<string, number>>;
  readonly act: () => Promise<PodCensus>;
}

/** A subject that is slower than ten pods a second gets no longer than this. */
const longestMs = (count: number) => 60_000 + count * 20;

/** Acts on pods and measures until the last of them got there. */
export async function measureRate(measurement: RateMeasurement): Promise<RateResult & { census: PodCensus }> {
  const { meter, count, state } = measurement;
  const before = await meter.settled();
  const start = performance.now();
  const census = await measurement.act();
  await census.reached(state, count, longestMs(count));
  const arrivals = census.times.flatMap((times) => times[state] ?? []);
  const last = arrivals.reduce((latest, time) => Math.max(latest, time), start);
  const cost = await meter.since(before);
  const requests = withoutDriver(cost.requests, measurement.driverRequests);
  const reached = arrivals.length;
  return {
    census,
    reached,
    perSecond: (reached / (last - start)) * 1_000,
    cpuSecondsPerThousand: (cost.cpuSeconds / reached) * 1_000,
    requestsPerPod: Object.fromEntries([...requests].map(([key, value]) => [key, value / reached])),
    podWritesPerPod: podWrites(requests) / reached,
  };
}
