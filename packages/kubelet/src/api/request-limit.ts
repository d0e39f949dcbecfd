import type { Clock } from "@vkubelet/core";
import type { CallOptions, KubeApiClient, WatchOptions } from "./kube-api-client.ts";
import type { KubeObject, WatchEvent } from "./kube-object.ts";

/** How many requests a client may make, as client-go's `QPS` and `Burst`. */
export interface RequestLimit {
  /** Requests a second in the long run; more than 0, fractions too. */
  readonly perSecond: number;
  /** Requests that may come at once after a pause; at least 1. */
  readonly burst: number;
}

/**
 * The client with its requests held back: each takes its turn, in order, and gives it up when its signal aborts. Of a
 * watch only the opening counts, and of a list and a call that is repeated inside only the first request.
 */
export function limitRequests(client: KubeApiClient, limit: RequestLimit, clock: Clock): KubeApiClient {
  const bucket = new TokenBucket(limit, clock);
  const after = async <T>(options: CallOptions | undefined, call: () => Promise<T>): Promise<T> => {
    await bucket.take(options?.signal);
    return call();
  };
  return {
    server: client.server,
    // biome-ignore lint/suspicious/noExplicitAny: one implementation of two overloads
    get: (path: string, options?: any): Promise<any> => after(options, () => client.get(path, options)),
    list: (path, options) => after(options, () => client.list(path, options)),
    create: (path, body, options) => after(options, () => client.create(path, body, options)),
    patch: (path, body, type, options) => after(options, () => client.patch(path, body, type, options)),
    delete: (path, body, options) => after(options, () => client.delete(path, body, options)),
    async *watch<T extends KubeObject>(
      path: string,
      options?: WatchOptions,
    ): AsyncGenerator<WatchEvent<T>, void, undefined> {
      await bucket.take(options?.signal);
      yield* client.watch<T>(path, options);
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/** Tokens that come at a steady pace, and of which a few may wait. */
class TokenBucket {
  readonly #clock: Clock;
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor({ perSecond, burst }: RequestLimit, clock: Clock) {
    this.#clock = clock;
    this.#perMs = perSecond / 1_000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = clock.monotonic();
  }

  /** Takes one token, waiting for it to come if need be: debts are paid in the order in which they were made. */
  async take(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
    this.#tokens -= 1;
    if (this.#tokens >= 0) return;
    try {
      await this.#clock.sleep(Math.ceil(-this.#tokens / this.#perMs), signal);
    } catch (error) {
      this.#tokens += 1;
      throw error;
    }
  }
}
