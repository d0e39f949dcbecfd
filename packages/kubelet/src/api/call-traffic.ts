import type { Clock } from "@vkubelet/core";
import { unneeded } from "./unneeded.ts";

/** So many calls at once leave room for one that may wait. */
const calmCalls = 4;
/** A call that may wait waits no longer, so that it comes to its turn under any load. */
const longestWaitMs = 200;

/** How many calls of a client are under way, and the wait for a time with few. */
export class CallTraffic {
  readonly #clock: Clock;
  #running = 0;
  #waiting: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async count<T>(call: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await call();
    } finally {
      this.#running -= 1;
      if (this.#running < calmCalls) for (const go of this.#waiting.splice(0)) go();
    }
  }

  /** Resolves once few calls are under way, or after a moment in any case; at once when the signal aborts. */
  async calm(signal: AbortSignal | undefined): Promise<void> {
    if (this.#running < calmCalls || signal?.aborted) return;
    const timer = new AbortController();
    const end = () => timer.abort(unneeded);
    signal?.addEventListener("abort", end, { once: true });
    this.#waiting.push(end);
    await this.#clock.sleep(longestWaitMs, timer.signal).catch(() => {});
    signal?.removeEventListener("abort", end);
    this.#waiting = this.#waiting.filter((waiting) => waiting !== end);
  }
}
