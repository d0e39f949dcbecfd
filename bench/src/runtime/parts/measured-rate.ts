import type { PodCensus, PodState } from "../cluster/pod-census.ts";
import type { Meter } from "../measures/meter.ts";
import { podWrites, type RequestCounts, withoutDriver } from "../measures/request-counts.ts";

/** What the driver does to `count` pods, and what is awaited of them. */
export interface RateMeasurement {
  readonly meter: Meter;
  readonly count: number;
  readonly state: PodState;
  /** Requests that the driver itself sends, by `VERB resource`. */
  readonly driverRequests: Readonly<Record<string, number>>;
  readonly act: (signal: AbortSignal) => Promise<PodCensus>;
  /** Told from time to time how far the pods are. */
  readonly report: (line: string) => void;
}

/** How fast pods got somewhere, and what it cost the subject. */
export interface Rate {
  readonly census: PodCensus;
  /** From the first request of the driver to the last pod that its watch saw arrive. */
  readonly perSecond: number;
  /** CPU of the subject for 1,000 pods, trailing work such as events included. */
  readonly cpuSecondsPerThousand: number;
  /** Requests of the subject for one pod, by `VERB resource/subresource`. */
  readonly requestsPerPod: Readonly<Record<string, number>>;
  readonly podWritesPerPod: number;
}

const reportEveryMs = 10_000;

/** Acts on pods and measures until the last of them got there. */
export async function measureRate(measurement: RateMeasurement, signal: AbortSignal): Promise<Rate> {
  const { meter, count, state, report } = measurement;
  const before = await meter.settled(signal);
  const start = performance.now();
  const census = await measurement.act(signal);
  const telling = setInterval(() => report(`${census.count(state)} of ${count} ${state}`), reportEveryMs);
  try {
    await census.reached(state, count, signal);
  } finally {
    clearInterval(telling);
  }
  const last = census.times.reduce((latest, times) => Math.max(latest, times[state] ?? start), start);
  const cost = await meter.since(before, signal);
  const requests = withoutDriver(cost.requests, measurement.driverRequests);
  return {
    census,
    perSecond: (count / (last - start)) * 1_000,
    cpuSecondsPerThousand: (cost.cpuSeconds / count) * 1_000,
    requestsPerPod: perPod(requests, count),
    podWritesPerPod: podWrites(requests) / count,
  };
}

function perPod(requests: RequestCounts, count: number): Readonly<Record<string, number>> {
  const hundredth = (value: number) => Math.round(value * 100) / 100;
  return Object.fromEntries([...requests].map(([key, value]) => [key, hundredth(value / count)]));
}
