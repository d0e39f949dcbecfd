/** Items of several streams as they arrive. Asks each for one item at a time; leaving closes all of them. */
export async function* mergeStreams<Item>(streams: readonly AsyncIterable<Item>[]): AsyncIterable<Item> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const pending = new Map<number, Promise<{ index: number; result: IteratorResult<Item> }>>();
  const ask = (index: number) => {
    const iterator = iterators[index];
    if (iterator === undefined) return;
    pending.set(
      index,
      iterator.next().then((result) => ({ index, result })),
    );
  };
  iterators.forEach((_, index) => {
    ask(index);
  });
  try {
    while (pending.size > 0) {
      const { index, result } = await Promise.race(pending.values());
      pending.delete(index);
      if (result.done === true) continue;
      yield result.value;
      ask(index);
    }
  } finally {
    for (const promise of pending.values()) promise.catch(() => undefined);
    // An iterator that waits for its remote answers only once that is aborted, which the caller does.
    for (const iterator of iterators) void iterator.return?.()?.catch(() => undefined);
  }
}
