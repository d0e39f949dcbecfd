import type { Clock } from "@vkubelet/core";
import { unneeded } from "./unneeded.ts";

interface RunningLimit {
  readonly due: number;
  readonly expire: () => void;
}

/**
 * One and the same time limit for many things at once, on a single timer: that of the oldest. A timer and a signal for
 * each of thousands of short calls would cost more than what is limited. Dispose of it to free the timer.
 */
export class TimeLimits implements Disposable {
  readonly milliseconds: number;
  readonly #clock: Clock;
  /** In the order in which they are due. */
  readonly #running = new Set<RunningLimit>();
  readonly #timer = new AbortController();
  #watching = false;

  constructor(clock: Clock, milliseconds: number) {
    this.#clock = clock;
    this.milliseconds = milliseconds;
  }

  /** Calls `expire` when the time is over; the answer, called before, ends the limit. */
  start(expire: () => void): () => void {
    const limit = { due: this.#clock.monotonic() + this.milliseconds, expire };
    this.#running.add(limit);
    if (!this.#watching) void this.#watch();
    return () => {
      this.#running.delete(limit);
    };
  }

  async #watch(): Promise<void> {
    this.#watching = true;
    // No iterator may stand over the wait: it would keep all that ended meanwhile.
    for (let limit = this.#oldest; limit !== undefined; limit = this.#oldest) {
      const left = limit.due - this.#clock.monotonic();
      if (left > 0) {
        try {
          await this.#clock.sleep(left, this.#timer.signal);
        } catch {
          // Disposed of.
          return;
        }
      } else if (this.#running.delete(limit)) limit.expire();
    }
    this.#watching = false;
  }

  get #oldest(): RunningLimit | undefined {
    return this.#running.values().next().value;
  }

  [Symbol.dispose](): void {
    this.#timer.abort(unneeded);
  }
}
