import type { Clock } from "../clock.ts";

const firstRetryMs = 10;
const longestRetryMs = 60_000;

/**
 * Keys that wait to be looked at. A key that is added while it waits waits once; `addAfter` adds it later; failures of a
 * key are retried with growing delays, without end.
 */
export class WorkQueue {
  readonly #keys = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** When a delayed key is due, so that only its earliest time counts. */
  readonly #due = new Map<string, number>();
  #wake: (() => void) | undefined;

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#wake?.(), { once: true });
  }

  add(key: string): void {
    this.#keys.add(key);
    this.#wake?.();
  }

  /** Adds a key in `milliseconds`, unless it is already due earlier. */
  addAfter(key: string, milliseconds: number): void {
    const due = this.#clock.now() + milliseconds;
    const before = this.#due.get(key);
    if (before !== undefined && before <= due && before > this.#clock.now()) return;
    this.#due.set(key, due);
    this.#clock.sleep(milliseconds, this.#signal).then(
      () => {
        if (this.#due.get(key) === due) this.#due.delete(key);
        this.add(key);
      },
      () => undefined,
    );
  }

  /** Adds a key again after a failure. */
  retry(key: string): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.addAfter(key, Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 20)));
  }

  /** Forgets the failures of a key. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Resolves to true when a key waits, to false when the queue has been stopped. */
  async ready(): Promise<boolean> {
    while (this.#keys.size === 0 && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    return !this.#signal.aborted;
  }

  /** The next key; undefined when none waits or the queue has been stopped. */
  take(): string | undefined {
    if (this.#signal.aborted) return undefined;
    const [key] = this.#keys;
    if (key !== undefined) this.#keys.delete(key);
    return key;
  }
}
