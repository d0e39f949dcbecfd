import { type PodRecord, ProviderError } from "@vkubelet/core";
import { z } from "zod";

/**
 * What the pod's record says of its latest run. Without `task`: the intent to start it was written and the answer of
 * ECS was not.
 */
export interface RunRecord {
  readonly attempt: number;
  /** Idempotency token of RunTask. */
  readonly token: string;
  /** Family of the definition: the filter that finds stopped tasks. */
  readonly family: string;
  /** When the intent was written, milliseconds since the epoch. */
  readonly at: number;
  /** ARN, once known. */
  readonly task?: string | undefined;
  /** How often ECS answered for this attempt that it started no task. */
  readonly refusals?: number | undefined;
  /** Whether the last answer was such a refusal, so that no task can exist for `token`. */
  readonly refused?: boolean | undefined;
}

/** Key of the record under which the run stands. */
const key = "fargate.run";

const schema = z.object({
  attempt: z.int().nonnegative(),
  token: z.string(),
  family: z.string(),
  at: z.number(),
  task: z.string().optional(),
  refusals: z.int().positive().optional(),
  refused: z.boolean().optional(),
});

/** The run that was last written; undefined when none was. Throws `Internal` when it cannot be understood. */
export function readRun(record: PodRecord): RunRecord | undefined {
  const text = record.read()?.[key];
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    // Guessing here could run the pod twice.
    throw new ProviderError("Internal", `the pod's record ${key} cannot be read: ${text.slice(0, 200)}`, {
      cause,
    });
  }
}

/** Makes `run` durable. */
export async function writeRun(record: PodRecord, run: RunRecord): Promise<void> {
  await record.write({ [key]: JSON.stringify(run) });
}
