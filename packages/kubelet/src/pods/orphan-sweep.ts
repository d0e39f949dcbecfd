import type { PodRef } from "@vkubelet/core";
import type { KnownObservation } from "./observation-feed.ts";

/** What a sweep found. */
export interface OrphanSweepResult {
  /** To be ended now: without an object in this sweep and in the one before. */
  readonly orphans: readonly PodRef[];
  /** Without an object in this sweep; the next one confirms. */
  readonly suspects: ReadonlySet<string>;
  /** Orphans that were left alone because there are suspiciously many; 0 otherwise. */
  readonly refused: number;
}

const fewOrphans = 10;

/**
 * Finds pods that the backend knows and the cluster does not. A kubelet that was pointed at the wrong cluster would
 * find that all are orphans: when more than ten that may
 * still run are, and more than half of everything known, none is touched.
 */
export function findOrphans(
  known: Iterable<KnownObservation>,
  hasObject: (uid: string) => boolean,
  suspectsBefore: ReadonlySet<string>,
): OrphanSweepResult {
  const suspects = new Set<string>();
  const orphans: PodRef[] = [];
  let total = 0;
  let alive = 0;
  for (const { observation, missingSince } of known) {
    total += 1;
    const { ref } = observation;
    if (missingSince !== undefined || hasObject(ref.uid)) continue;
    suspects.add(ref.uid);
    if (!suspectsBefore.has(ref.uid)) continue;
    orphans.push(ref);
    if (observation.state !== "ended") alive += 1;
  }
  const tooMany = alive > fewOrphans && alive * 2 > total;
  return tooMany ? { orphans: [], suspects, refused: orphans.length } : { orphans, suspects, refused: 0 };
}
