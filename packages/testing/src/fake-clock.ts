import type { Clock } from "@vkubelet/core";

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** A clock that moves only when told to. Sleepers wake in the order in which they are due. */
export class FakeClock implements Clock {
  readonly #start: number;
  #elapsed = 0;
  #shift = 0;
  #sleepers: Sleeper[] = [];

  /** `start`: milliseconds since the epoch, or anything that `Date` parses. */
  constructor(start: number | string = "2026-01-01T00:00:00Z") {
    this.#start = typeof start === "number" ? start : Date.parse(start);
  }

  now(): number {
    return this.#start + this.#elapsed + this.#shift;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  /** Sets the time of day forward, or back where negative, without any time passing: nobody wakes. */
  jump(milliseconds: number): void {
    this.#shift += milliseconds;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const sleeper: Sleeper = {
        due: this.#elapsed + Math.max(0, milliseconds),
        wake: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      const onAbort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#sleepers.push(sleeper);
    });
  }

  /** How many sleeps are pending. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /**
   * Moves the time forward, waking each sleeper at its own instant; between two instants the microtasks and the
   * immediate work that a wake-up started run to their end, so that what they schedule is seen.
   */
  async advance(milliseconds: number): Promise<void> {
    const target = this.#elapsed + milliseconds;
    await settle();
    for (;;) {
      const next = this.#sleepers.reduce<Sleeper | undefined>(
        (first, sleeper) => (first === undefined || sleeper.due < first.due ? sleeper : first),
        undefined,
      );
      if (next === undefined || next.due > target) break;
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      this.#elapsed = Math.max(this.#elapsed, next.due);
      next.wake();
      await settle();
    }
    this.#elapsed = target;
    await settle();
  }
}

/** Lets pending microtasks and immediate callbacks run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
