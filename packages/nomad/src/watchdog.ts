import { type Clock, ProviderError } from "@vkubelet/core";

/**
 * Passes a stream on and breaks it when nothing comes for too long: Nomad answers 200 before it checks whether the
 * stream is allowed, and then may neither send nor close (since 1.10.8 and 1.11.2).
 */
export async function* withWatchdog<Item>(
  stream: AsyncIterable<Item>,
  limits: { readonly firstMs: number; readonly nextMs: number },
  clock: Clock,
): AsyncIterable<Item> {
  const items = stream[Symbol.asyncIterator]();
  let first = true;
  try {
    for (;;) {
      const result = await within(items.next(), first ? limits.firstMs : limits.nextMs, first, clock);
      if (result.done === true) return;
      first = false;
      yield result.value;
    }
  } finally {
    // A stream that hangs would never answer; the caller's signal closes it.
    void items.return?.()?.catch(() => undefined);
  }
}

async function within<Item>(
  next: Promise<Item>,
  milliseconds: number,
  first: boolean,
  clock: Clock,
): Promise<Item> {
  const timer = new AbortController();
  const late = clock.sleep(milliseconds, timer.signal).then(() => {
    const why = first
      ? "Nomad sent no first heartbeat: the token may lack read-job in the namespace"
      : "Nomad went silent";
    throw new ProviderError("Unavailable", `watch events failed: ${why}`, {
      reason: "NomadEventStreamSilent",
    });
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([next, late]);
  } finally {
    timer.abort();
    next.catch(() => undefined);
  }
}
