import type { Clock, Logger, PodRef } from "@vkubelet/core";
import type { ObservationFeed } from "./observation-feed.ts";
import { defaultOrphanGraceSeconds, findOrphans, type OrphanSettings } from "./orphan-sweep.ts";

/** Options of {@link OrphanSweeper}. */
export interface OrphanSweeperOptions {
  readonly feed: ObservationFeed;
  /** Whether somebody works on the pod. */
  readonly hasObject: (uid: string) => boolean;
  /** Whether it is known now which pods have objects. */
  readonly isCertain: () => boolean;
  /** To be ended. */
  readonly onOrphan: (ref: PodRef) => void;
  readonly settings: OrphanSettings | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Sweeps come at least so often. */
const orphanSweepMs = 30_000;

/** Finds pods that run at the backend although their objects are gone: seen so in two sweeps, and never too many at once. */
export class OrphanSweeper {
  readonly #options: OrphanSweeperOptions;
  #suspects: ReadonlyMap<string, number> = new Map();

  constructor(options: OrphanSweeperOptions) {
    this.#options = options;
  }

  /** Sweeps until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger, settings } = this.#options;
    const graceMs = (settings?.graceSeconds ?? defaultOrphanGraceSeconds) * 1_000;
    const pauseMs = Math.max(1_000, Math.min(orphanSweepMs, graceMs));
    for (;;) {
      try {
        await clock.sleep(pauseMs, signal);
      } catch {
        return;
      }
      try {
        this.#sweep();
      } catch (error) {
        logger.error("the orphan sweep failed", { error });
      }
    }
  }

  #sweep(): void {
    const { feed, hasObject, isCertain, onOrphan, settings, clock, logger } = this.#options;
    if (!isCertain()) return;
    // What vanished by itself and has no object is no longer anybody's business.
    for (const { observation, missingSince } of [...feed.all()]) {
      const { uid } = observation.ref;
      if (missingSince !== undefined && !hasObject(uid)) feed.forget(uid);
    }
    const result = findOrphans(feed.all(), hasObject, this.#suspects, clock.monotonic(), settings);
    this.#suspects = result.suspects;
    if (result.refused > 0) {
      const message = "most pods of the backend are unknown to this cluster; none of them is ended";
      logger.error(message, { orphans: result.refused });
      return;
    }
    for (const ref of result.orphans) {
      logger.warn("ending a pod whose object is gone", { pod: `${ref.namespace}/${ref.name}`, uid: ref.uid });
      onOrphan(ref);
    }
  }
}
