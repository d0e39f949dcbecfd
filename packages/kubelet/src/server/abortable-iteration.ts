/**
 * The items of `source` until it ends or `signal` aborts. On abort the source is closed at once, even when it is busy
 * with the next item and takes no notice of the signal itself; the iteration then ends without an error.
 */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  const aborted = Promise.withResolvers<"aborted">();
  const onAbort = () => aborted.resolve("aborted");
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  let ended = false;
  try {
    while (!signal.aborted) {
      const next = iterator.next();
      // When the abort wins the race, nobody is left to hear of the failure that it causes.
      next.catch(() => {});
      const result = await Promise.race([next, aborted.promise]);
      if (result === "aborted") return;
      if (result.done) {
        ended = true;
        return;
      }
      yield result.value;
    }
  } catch (error) {
    ended = true;
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
    if (!ended) {
      // Not awaited: a generator that is stuck would hold up whoever waits for it. Its failure has no reader any more.
      iterator.return?.().catch(() => {});
    }
  }
}
