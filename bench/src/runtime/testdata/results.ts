import type { Measurement, RunResults } from "../results/run-results.ts";

export const machine: RunResults["machine"] = {
  cores: 4,
  memoryGiB: 16,
  node: "24.1.0",
  kubernetes: "1.36.3",
};

/** A measurement with what a test says about it. */
export function measurementOf(further: Partial<Measurement>): Measurement {
  return { subject: "floor", pods: 100, round: 1, figures: {}, requestsPerPod: {}, ...further };
}

export function resultsOf(...measurements: readonly Partial<Measurement>[]): RunResults {
  return { machine, measurements: measurements.map(measurementOf) };
}
