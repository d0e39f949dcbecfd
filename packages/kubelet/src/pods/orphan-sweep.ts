import type { PodRef } from "@vkubelet/core";
import type { KnownObservation } from "./observation-feed.ts";

/** When pods that the backend runs although their objects are gone are ended, and when they are not. */
export interface OrphanSettings {
  /** Seconds for which a pod must be without its object; 30 by default. Two looks at least must miss it. */
  readonly graceSeconds?: number | undefined;
  /**
   * None is ended while more than `count` that may still run are without objects, and these are more than `share` (0 to
   * 1) of all pods that the backend knows: the cluster is probably the wrong one. Default: 10 and 0.5. With a count of 0
   * and a share of 0 none is ever ended.
   */
  readonly refuseAbove?: { readonly count: number; readonly share: number } | undefined;
}

/** What a sweep found. */
export interface OrphanSweepResult {
  /** To be ended now: without an object in this sweep and for long enough. */
  readonly orphans: readonly PodRef[];
  /** Without an object in this sweep, with the (monotonic) time of the first that missed it. */
  readonly suspects: ReadonlyMap<string, number>;
  /** Orphans that were left alone because there are suspiciously many; 0 otherwise. */
  readonly refused: number;
}

/** Times between sweeps when nothing else is said. */
export const defaultOrphanGraceSeconds = 30;
const defaultRefusal = { count: 10, share: 0.5 };

/**
 * Finds pods that the backend knows and the cluster does not. A kubelet that was pointed at the wrong cluster would
 * find that all are orphans, so that suspiciously many are left alone.
 */
export function findOrphans(
  known: Iterable<KnownObservation>,
  hasObject: (uid: string) => boolean,
  before: ReadonlyMap<string, number>,
  now: number,
  settings: OrphanSettings = {},
): OrphanSweepResult {
  const { graceSeconds = defaultOrphanGraceSeconds, refuseAbove = defaultRefusal } = settings;
  const suspects = new Map<string, number>();
  const orphans: PodRef[] = [];
  let total = 0;
  let alive = 0;
  for (const { observation, missingSince } of known) {
    total += 1;
    const { ref } = observation;
    if (missingSince !== undefined || hasObject(ref.uid)) continue;
    const since = before.get(ref.uid);
    suspects.set(ref.uid, since ?? now);
    if (since === undefined || now - since < graceSeconds * 1_000) continue;
    orphans.push(ref);
    if (observation.state !== "ended") alive += 1;
  }
  const tooMany = alive > refuseAbove.count && alive > refuseAbove.share * total;
  return tooMany ? { orphans: [], suspects, refused: orphans.length } : { orphans, suspects, refused: 0 };
}
