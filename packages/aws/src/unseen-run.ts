import { type Clock, formatPodRef, type PodRef, ProviderError } from "@vkubelet/core";
import type { RunRecord } from "./run-record.ts";

/** The error of a call that comes before the service shows what was begun: it works later. */
export function awaitingVisibility(
  what: string,
  ref: PodRef,
  run: Pick<RunRecord, "at">,
  service: string,
): ProviderError {
  const begun = `its start was begun at ${new Date(run.at).toISOString()}`;
  return new ProviderError(
    "Conflict",
    `${what} ${formatPodRef(ref)}: ${begun}, and ${service} may not show it yet`,
    { reason: "AwaitingVisibility" },
  );
}

/** Where the latest run of a pod is looked for. */
export interface RunSearch {
  readonly ref: PodRef;
  /** What the pod's record says; undefined when nothing was ever begun. */
  readonly run: RunRecord | undefined;
  /** The runs that the service shows, by attempt. */
  readonly shown: readonly { readonly attempt: number }[];
  readonly service: string;
  /** For how long something begun may be missing, in milliseconds. */
  readonly visibleAfterMs: number;
  readonly clock: Clock;
}

/**
 * Throws a `Conflict`, to be repeated, when a run was begun that may exist and that the service does not show yet: an
 * answer that all is stopped would leave it running.
 */
export function refuseWhileUnseen({ ref, run, shown, service, visibleAfterMs, clock }: RunSearch): void {
  if (run === undefined || run.refused || shown.some(({ attempt }) => attempt === run.attempt)) return;
  if (clock.now() - run.at < visibleAfterMs) throw awaitingVisibility("stopping", ref, run, service);
}
