import { setTimeout as sleep } from "node:timers/promises";

const lookIntervalMs = 100;

/** Resolves with the first value of `look` that is not undefined, or with undefined after `timeoutMs`. */
export async function waitFor<T>(
  look: () => Promise<T | undefined>,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<T | undefined> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const value = await look();
    if (value !== undefined || performance.now() > deadline) return value;
    await sleep(lookIntervalMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}
