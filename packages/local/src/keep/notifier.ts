/**
 * Wakes whoever waits. A notice between two waits is not lost: a waiter hands in the count it last saw and returns at
 * once when there was news since.
 */
export class Notifier {
  #count = 0;
  readonly #waiters = new Set<() => void>();

  /** How many notices there were. */
  get count(): number {
    return this.#count;
  }

  notify(): void {
    this.#count += 1;
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }

  /** Resolves once the count differs from `seen`; rejects with the signal's reason when it aborts. */
  wait(seen: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#count !== seen) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const wake = () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      const abort = () => {
        this.#waiters.delete(wake);
        reject(signal?.reason);
      };
      this.#waiters.add(wake);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }
}
