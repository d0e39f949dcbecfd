import type { Clock } from "@vkubelet/core";

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/**
 * A clock on which nobody waits: as soon as nothing else is left to do, time skips to whoever wakes next. For tests
 * whose every part runs in this process, without files or network, which this clock cannot see at work.
 */
export class SkippingClock implements Clock {
  readonly #start: number;
  #now: number;
  readonly #sleepers = new Set<Sleeper>();
  #skipping = false;

  /** `start`: milliseconds since the epoch, or anything that `Date` parses. */
  constructor(start: number | string = "2026-01-01T00:00:00Z") {
    this.#start = typeof start === "number" ? start : Date.parse(start);
    this.#now = this.#start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        due: this.#now + Math.max(0, milliseconds),
        wake: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#sleepers.add(sleeper);
      if (!this.#skipping) void this.#skip();
    });
  }

  async #skip(): Promise<void> {
    this.#skipping = true;
    for (;;) {
      await idle();
      let next: Sleeper | undefined;
      for (const sleeper of this.#sleepers) {
        if (next === undefined || sleeper.due < next.due) next = sleeper;
      }
      if (next === undefined) break;
      this.#sleepers.delete(next);
      this.#now = Math.max(this.#now, next.due);
      next.wake();
    }
    this.#skipping = false;
  }
}

/** Lets pending microtasks and immediate callbacks run. */
async function idle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
