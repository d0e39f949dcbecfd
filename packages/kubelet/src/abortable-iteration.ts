/** What is taken from an iterator for as long as a signal allows, whether or not the iterator heeds that itself. */
export class AbortableIterator<T> {
  readonly #iterator: AsyncIterator<T>;
  readonly #signal: AbortSignal;
  /** For the step under way: a promise that outlives the steps would keep all that raced against it. */
  #giveUp = () => {};
  readonly #onAbort = () => this.#giveUp();

  constructor(source: AsyncIterable<T>, signal: AbortSignal) {
    this.#iterator = source[Symbol.asyncIterator]();
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** The next item, or "aborted" as soon as the signal has aborted. Not to be called again before it has settled. */
  next(): Promise<IteratorResult<T> | "aborted"> {
    if (this.#signal.aborted) return Promise.resolve("aborted");
    return new Promise((resolve, reject) => {
      this.#giveUp = () => resolve("aborted");
      this.#iterator.next().then(resolve, reject);
    });
  }

  /** To be called in the end. Closes the source, unless that has ended or thrown, and does not wait for it. */
  close({ sourceIsOver }: { readonly sourceIsOver: boolean }): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
    // A generator that is stuck would hold up whoever waits for it. Its failure has no reader any more.
    if (!sourceIsOver) this.#iterator.return?.().catch(() => {});
  }
}

/**
 * The items of `source` until it ends or `signal` aborts. On abort the source is closed at once, even when it is busy
 * with the next item and takes no notice of the signal itself; the iteration then ends without an error.
 */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const iterator = new AbortableIterator(source, signal);
  let sourceIsOver = false;
  try {
    for (;;) {
      const result = await iterator.next();
      if (result === "aborted") return;
      if (result.done) {
        sourceIsOver = true;
        return;
      }
      yield result.value;
    }
  } catch (error) {
    sourceIsOver = true;
    throw error;
  } finally {
    iterator.close({ sourceIsOver });
  }
}
