import type { Measurement, RunResults } from "./run-results.ts";

/** Names one measurement of a run. */
export type MeasurementKey = Pick<Measurement, "subject" | "pods" | "round">;

/** Whether a measurement is still to be made: it is not there, or it failed. */
export function openRound({ measurements }: RunResults, key: MeasurementKey): boolean {
  return measurements.every((one) => !isSame(one, key) || one.failure !== undefined);
}

/** The results with a measurement more, or with another one in the place of an earlier try. */
export function withMeasurement(results: RunResults, measurement: Measurement): RunResults {
  const { measurements } = results;
  if (!measurements.some((one) => isSame(one, measurement))) {
    return { ...results, measurements: [...measurements, measurement] };
  }
  const replaced = measurements.map((one) => (isSame(one, measurement) ? measurement : one));
  return { ...results, measurements: replaced };
}

function isSame(left: MeasurementKey, right: MeasurementKey): boolean {
  return left.subject === right.subject && left.pods === right.pods && left.round === right.round;
}
