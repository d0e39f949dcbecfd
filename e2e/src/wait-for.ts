/**
 * Resolves with the first value of `look` that `accept` takes; rejects after `timeoutMs` with what was seen last.
 * End-to-end suites talk to real processes: they wait for states, never for times.
 */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T>,
  accept: (value: T) => boolean,
  timeoutMs = 90_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (accept(value)) return value;
    if (Date.now() > deadline)
      throw new Error(
        `${what}: not seen within ${timeoutMs / 1000} s; last: ${JSON.stringify(value, undefined, 1)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
