import { z } from "zod";
import { type FigureName, figureNames, figures, type Phase } from "./figures.ts";

const phases = [
  ...new Set<Phase>([
    "start",
    "warm-up",
    "second creation",
    ...Object.values(figures).map(({ phase }) => phase),
  ]),
];
const requests = z.record(z.string(), z.number());

const measurementSchema = z.strictObject({
  subject: z.string(),
  /** Left out for what has none of its own. */
  version: z.string().optional(),
  pods: z.number().int().positive(),
  round: z.number().int().positive(),
  figures: z.partialRecord(z.enum(figureNames as readonly [FigureName, ...FigureName[]]), z.number()),
  /** Requests of the subject for one pod, by `VERB resource/subresource`. */
  requestsPerPod: z.strictObject({ creation: requests.optional(), deletion: requests.optional() }),
  /** Where it stopped; the figures of the phases before stand. */
  failure: z.strictObject({ phase: z.enum(phases), reason: z.string() }).optional(),
});

const runResultsSchema = z.strictObject({
  machine: z.strictObject({
    cores: z.number(),
    memoryGiB: z.number(),
    node: z.string(),
    kubernetes: z.string(),
  }),
  measurements: z.array(measurementSchema),
});

/** What one subject did with one number of pods on one control plane. */
export type Measurement = z.infer<typeof measurementSchema>;

/** Everything that one run measured, and on what. */
export type RunResults = z.infer<typeof runResultsSchema>;

/** Reads what {@link runResultsText} wrote; throws with every field that is wrong. */
export function parseRunResults(text: string, file: string): RunResults {
  const outcome = runResultsSchema.safeParse(JSON.parse(text));
  if (outcome.success) return outcome.data;
  throw new Error(`read the results ${file}: ${z.prettifyError(outcome.error)}`);
}

/** JSON to be kept, one line for each measurement. */
export function runResultsText({ machine, measurements }: RunResults): string {
  const lines = measurements.map((measurement) => `    ${JSON.stringify(measurement)}`);
  return `{\n  "machine": ${JSON.stringify(machine)},\n  "measurements": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

/** Numbers of pods, from few to many. */
export function sizesOf(measurements: readonly Measurement[]): readonly number[] {
  return [...new Set(measurements.map(({ pods }) => pods))].sort((left, right) => left - right);
}

/** Names of the subjects, in the order in which they were measured. */
export function subjectsOf(measurements: readonly Measurement[]): readonly string[] {
  return [...new Set(measurements.map(({ subject }) => subject))];
}

/** The values of one figure of one subject at one size, one for each round that has it. */
export function valuesOf(
  measurements: readonly Measurement[],
  subject: string,
  pods: number,
  figure: FigureName,
): readonly number[] {
  return measurements.flatMap((measurement) => {
    const value = measurement.figures[figure];
    return measurement.subject === subject && measurement.pods === pods && value !== undefined ? [value] : [];
  });
}
