import { type ContainerRef, formatPodRef, type LogOptions, ProviderError } from "@vkubelet/core";

/** One run of a pod at the backend. */
export interface PodRun {
  readonly uid: string;
  readonly attempt: number;
}

/** A task or job with the run that it is. */
export interface FoundAs<Item> extends PodRun {
  /** The backend's own identifier. */
  readonly id: string;
  /** Epoch milliseconds; 0 where the backend does not say. */
  readonly createdAt: number;
  readonly item: Item;
}

/**
 * The runs among `items`, oldest first; `identify` gives undefined for what carries no identity of a pod. Of two that
 * were created at the same time the lower identifier is first, so that every look gives the same order.
 */
export function runsAmong<Item>(
  items: readonly Item[],
  identify: (item: Item) => Omit<FoundAs<Item>, "item"> | undefined,
): readonly FoundAs<Item>[] {
  return items
    .flatMap((item): FoundAs<Item>[] => {
      const identity = identify(item);
      return identity ? [{ ...identity, item }] : [];
    })
    .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
}

/** The latest run of every pod; of several for one attempt, the first of `runs`. */
export function latestRuns<Run extends PodRun>(runs: readonly Run[]): readonly Run[] {
  const latest = new Map<string, Run>();
  for (const run of runs) {
    if (run.attempt > (latest.get(run.uid)?.attempt ?? -1)) latest.set(run.uid, run);
  }
  return [...latest.values()];
}

/**
 * Of the runs of one pod the one whose output is asked for: the latest, or with `previous` the one before. Throws
 * `NotFound` that names the `service` where there is none.
 */
export function runForLogs<Run extends PodRun>(
  runs: readonly Run[],
  ref: ContainerRef,
  { previous }: Pick<LogOptions, "previous">,
  service: string,
): Run {
  const attempts = [...new Set(runs.map(({ attempt }) => attempt))].sort((a, b) => b - a);
  const wanted = attempts[previous ? 1 : 0];
  const found = runs.find(({ attempt }) => attempt === wanted);
  if (found) return found;
  const missing = previous && attempts.length > 0 ? "previous run" : "run";
  throw new ProviderError(
    "NotFound",
    `reading logs of ${formatPodRef(ref)}: ${service} knows no ${missing} of this pod`,
  );
}
