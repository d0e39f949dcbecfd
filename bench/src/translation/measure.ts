import { Bench } from "tinybench";

/** How many times a second one core does `work`: the median of many samples. */
export async function perSecond(work: () => void): Promise<number> {
  const bench = new Bench({ time: 1_000, warmupTime: 500 });
  bench.add("work", work);
  await bench.run();
  const result = bench.tasks[0]?.result;
  if (result?.state !== "completed") throw new Error(`measure: the task ended as ${result?.state}`);
  return 1_000 / result.latency.p50;
}
