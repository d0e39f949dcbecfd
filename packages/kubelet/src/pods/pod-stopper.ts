import type { KnownObservation } from "./observation-feed.ts";
import { type PodScope, podContextOf } from "./pod-scope.ts";

/** A stop that was accepted and not followed by an end is asked for again, so long after its grace period. */
const unansweredMs = 60_000;

/** Stops what the backend runs for one pod, and judges when nothing of it is left. */
export class PodStopper {
  readonly #scope: PodScope;
  #grace: number | undefined;
  #acceptedAt: number | undefined;
  #lastAskedAt = 0;

  constructor(scope: PodScope) {
    this.#scope = scope;
  }

  /** Whether this process has asked the backend to stop the pod. */
  get requested(): boolean {
    return this.#acceptedAt !== undefined;
  }

  /** Asks the backend to stop the pod: once, again with a shorter grace period, and again when it does not happen. */
  async request(gracePeriodSeconds: number): Promise<"asked" | "pending"> {
    const { clock, feed, provider } = this.#scope.environment;
    if (this.#grace !== undefined && gracePeriodSeconds >= this.#grace) {
      if (clock.monotonic() < this.#lastAskedAt + this.#grace * 1_000 + unansweredMs) return "pending";
    }
    const { calls, ref, stopping } = this.#scope;
    await calls.run("deletePod", stopping.signal, (signal) =>
      provider.deletePod(ref, { gracePeriodSeconds }, podContextOf(this.#scope, signal)),
    );
    this.#grace = Math.min(gracePeriodSeconds, this.#grace ?? gracePeriodSeconds);
    this.#lastAskedAt = clock.monotonic();
    this.#acceptedAt ??= this.#lastAskedAt;
    feed.refresh();
    return "asked";
  }

  /**
   * Whether nothing of the pod runs or will run: run `attempt` was seen ended, nothing can have been created
   * (`mayExist`), or the pod is absent for long enough after the request to stop.
   */
  isOver(attempt: number, mayExist: boolean): boolean {
    const { clock, feed, provider } = this.#scope.environment;
    const known: KnownObservation | undefined = feed.get(this.#scope.ref.uid);
    if (known?.observation.state === "ended" && known.observation.attempt >= attempt) return true;
    if (known !== undefined && known.missingSince === undefined && known.observation.state !== "ended")
      return false;
    // Absent, or only an earlier run is known.
    if (known === undefined && !mayExist) return true;
    if (this.#acceptedAt === undefined) return false;
    const listedSince = (feed.listedAt ?? 0) >= this.#acceptedAt;
    if (!listedSince) feed.refresh();
    return listedSince && clock.monotonic() - this.#acceptedAt >= provider.traits.absenceGraceMs;
  }
}
