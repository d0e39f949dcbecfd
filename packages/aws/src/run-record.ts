import { type PodRecord, ProviderError } from "@vkubelet/core";

/**
 * What a pod's record says of its latest run. Without `id`: the intent to start it was made durable and the backend's
 * answer was not, so something may exist.
 */
export interface RunRecord {
  readonly attempt: number;
  /** When the intent was written, in milliseconds since the epoch. */
  readonly at: number;
  /** Name of the definition with which the run is started. */
  readonly definition: string;
  /** What the backend calls the run, once known. */
  readonly id?: string;
  /** How often the backend answered for this attempt that it had started nothing. */
  readonly refusals: number;
  /** Whether the last answer was a refusal, so that nothing can exist for the intent. */
  readonly refused: boolean;
}

/** Key of the record under which the run stands. */
export const runRecordKey = "aws.run";

/** The run last written; undefined when none was. Throws `Internal` when it cannot be understood. */
export function readRun(record: PodRecord): RunRecord | undefined {
  const text = record.read()?.[runRecordKey];
  if (text === undefined) return undefined;
  const run = parseRun(text);
  if (run) return run;
  // Guessing here could run the pod twice.
  throw new ProviderError(
    "Internal",
    `reading the pod's record ${runRecordKey}: not understood: ${text.slice(0, 200)}`,
  );
}

function parseRun(text: string): RunRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { attempt, at, definition, id, refusals, refused } = value as Readonly<Record<string, unknown>>;
  if (!isCount(attempt) || typeof at !== "number" || typeof definition !== "string") return undefined;
  if (id !== undefined && typeof id !== "string") return undefined;
  if (refusals !== undefined && !isCount(refusals)) return undefined;
  return {
    attempt,
    at,
    definition,
    ...(id === undefined ? {} : { id }),
    refusals: refusals ?? 0,
    refused: refused === true,
  };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** Makes `run` durable; false and zero are left out. */
export async function writeRun(record: PodRecord, run: RunRecord): Promise<void> {
  const { refusals, refused, ...rest } = run;
  const text = JSON.stringify({
    ...rest,
    ...(refusals > 0 ? { refusals } : {}),
    ...(refused ? { refused } : {}),
  });
  await record.write({ [runRecordKey]: text });
}
