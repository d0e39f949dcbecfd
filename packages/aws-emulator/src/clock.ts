/** The source of time of an emulator: every timestamp, timeout and expiry comes from it. */
export interface EmulatorClock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `milliseconds`; rejects with `signal.reason` when the signal aborts, at once if it has before. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The wall clock. Its sleeps keep no process alive. */
export const wallClock: EmulatorClock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      // setTimeout fires at once above 2^31-1 ms.
      const timer = setTimeout(
        () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        Math.min(Math.max(0, milliseconds), 2_147_483_647),
      );
      timer.unref();
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};

/** Calls `action` after `milliseconds` unless cancelled before. */
export function after(
  clock: EmulatorClock,
  milliseconds: number,
  action: () => void,
): { readonly cancel: () => void } {
  const abort = new AbortController();
  clock.sleep(milliseconds, abort.signal).then(action, (error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  return { cancel: () => abort.abort() };
}
