import type { Driver } from "../cluster/driver.ts";
import type { PodCensus } from "../cluster/pod-census.ts";
import type { Meter } from "../measures/meter.ts";
import { percentile } from "../measures/percentile.ts";
import { usageOf } from "../measures/process-usage.ts";
import { measureRate } from "./measured-rate.ts";
import type { BurstResult } from "./part-result.ts";

/** Creates `count` pods as fast as the API server takes them and waits until all run. */
export async function measureBurst(
  driver: Driver,
  meter: Meter,
  pid: number,
  count: number,
): Promise<BurstResult & { readonly census: PodCensus }> {
  const result = await measureRate({
    meter,
    count,
    state: "running",
    driverRequests: { "POST pods": count },
    act: () => driver.create(count),
  });
  const latencies = result.census.times.flatMap(({ bound, running }) =>
    running === undefined ? [] : [running - bound],
  );
  const { rssMiB, peakMiB } = usageOf(pid);
  return {
    ...result,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    rssMiB,
    peakMiB,
  };
}
