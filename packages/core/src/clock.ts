/** The source of time. Everything that waits or stamps takes one, so that tests own the time. */
export interface Clock {
  /** Milliseconds since the Unix epoch: for times that others read or have written. It jumps when somebody sets it. */
  now(): number;
  /**
   * Milliseconds that have passed since some moment: for durations. It never goes back and never jumps, whatever becomes
   * of {@link now}; it may stand still while the machine sleeps.
   */
  monotonic(): number;
  /**
   * Resolves after `milliseconds`; rejects with `signal.reason` as soon as the signal aborts, and at once when it
   * has aborted before. Never keeps a process alive by itself after an abort.
   */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The wall clock of this process. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      // setTimeout overflows above 2^31-1 ms and would fire at once.
      const timer = setTimeout(
        () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        Math.min(Math.max(0, milliseconds), 2_147_483_647),
      );
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};
