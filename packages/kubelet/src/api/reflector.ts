import type { Clock, Logger } from "@vkubelet/core";
import type { KubeApiClient, Query } from "./kube-api-client.ts";
import { isGone, isRetryable, KubeApiError } from "./kube-api-error.ts";
import type { ChangeEvent, KubeObject } from "./kube-object.ts";
import { applyList, applyWatchEvent, type Keep } from "./object-changes.ts";
import { ObjectStore, type ReadonlyObjectStore } from "./object-store.ts";
import { backoffDelay } from "./retry-policy.ts";

/** Where a reflector stands. */
export interface ReflectorStatus {
  /** Whether a complete list was taken in at least once. */
  readonly synced: boolean;
  /** What keeps the copy from being current at the moment; absent while all is well. */
  readonly lastError?: { readonly message: string; readonly error: unknown; readonly at: number };
}

/**
 * A local copy of one collection of objects that follows the API server for as long as it runs. `metadata.managedFields`
 * is left out: it is a third of a pod, and only those who apply objects read it.
 */
export interface Reflector<T extends KubeObject> {
  readonly store: ReadonlyObjectStore<T>;
  /** Resolves after the first complete list was taken in and reported; rejects with the abort reason if `run` ends before. */
  readonly hasSynced: Promise<void>;
  status(): ReflectorStatus;
  /** Lists, watches and recovers until the signal aborts; then resolves. Never rejects. To be called once. */
  run(signal: AbortSignal): Promise<void>;
}

/** Options of {@link createReflector}. */
export interface ReflectorOptions<T extends KubeObject> {
  readonly client: Pick<KubeApiClient, "list" | "watch">;
  /** Path of the collection: `/api/v1/pods`. */
  readonly path: string;
  /** Selectors, sent with lists and watches alike. */
  readonly query?: Query;
  readonly logger: Logger;
  readonly clock: Clock;
  /**
   * Told of each change after the store has it, in order. Failures, also of a promise that it returns, are logged and
   * stop nothing; the next change does not wait for the promise.
   */
  readonly onChange: (event: ChangeEvent<T>) => void | Promise<void>;
  /** What is kept of an object; all by default. */
  readonly keep?: Keep<T>;
  /** For jitter; `Math.random` by default. */
  readonly random?: () => number;
}

/** Wait between failures: doubles from 0.8 s to 30 s, jittered, for ever. */
const backoff = { firstMs: 800, maxMs: 30_000 };
/** The server ends each watch after so long, times 1 to 2, so that watches spread. */
const watchSeconds = 300;
/** Silence beyond the time at which the server should have ended the watch. */
const silenceMarginMs = 30_000;
/** A watch that lives shorter and brings nothing counts as a failure, whatever its end looked like. */
const shortWatchMs = 5_000;

/** Nothing happens before `run`. */
export function createReflector<T extends KubeObject>(options: ReflectorOptions<T>): Reflector<T> {
  return new ListWatchReflector(options);
}

class ListWatchReflector<T extends KubeObject> implements Reflector<T> {
  readonly store: ObjectStore<T> = new ObjectStore<T>();
  readonly hasSynced: Promise<void>;
  readonly #options: ReflectorOptions<T>;
  readonly #random: () => number;
  readonly #keep: Keep<T>;
  readonly #sync = Promise.withResolvers<void>();
  #synced = false;
  #lastError: ReflectorStatus["lastError"];
  #failures = 0;
  /** Where the next watch goes on; without one the next step is a list. */
  #resourceVersion: string | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#keep = options.keep ?? ((received) => received);
    this.hasSynced = this.#sync.promise;
    // Whoever waits sees the rejection; that nobody waits is no fault.
    this.hasSynced.catch(() => {});
  }

  status(): ReflectorStatus {
    return this.#lastError === undefined
      ? { synced: this.#synced }
      : { synced: this.#synced, lastError: this.#lastError };
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#resourceVersion === undefined) await this.#list(signal);
        await this.#watch(this.#resourceVersion ?? "", signal);
      } catch (error) {
        if (signal.aborted) break;
        await this.#recover(error, signal);
      }
    }
    this.#sync.reject(signal.reason);
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, path, query } = this.#options;
    const list = await client.list<T>(path, query === undefined ? { signal } : { query, signal });
    this.#report(applyList(this.store, list.items, this.#keep));
    this.#resourceVersion = list.resourceVersion;
    if (!this.#synced) this.#options.logger.debug("listed", { path, objects: list.items.length });
    this.#synced = true;
    this.#sync.resolve();
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { client, path, query, clock } = this.#options;
    const timeoutSeconds = Math.round(watchSeconds * (1 + this.#random()));
    const begun = clock.monotonic();
    let events = 0;
    const watch = client.watch<T>(path, {
      query: { ...query, resourceVersion, allowWatchBookmarks: true, timeoutSeconds },
      signal,
      inactivityTimeoutMs: timeoutSeconds * 1000 + silenceMarginMs,
      onOpen: () => {
        this.#lastError = undefined;
      },
    });
    const worked = () => events > 0 || clock.monotonic() - begun >= shortWatchMs;
    try {
      for await (const event of watch) {
        events++;
        this.#report(applyWatchEvent(this.store, event, this.#keep));
        this.#resourceVersion = event.object.metadata?.resourceVersion ?? this.#resourceVersion;
      }
    } finally {
      if (worked()) this.#failures = 0;
    }
    if (worked()) return;
    throw new KubeApiError(`WATCH ${path}: the server ended the watch at once and without an event`, {
      status: 0,
      reason: "ShortWatch",
    });
  }

  /** Decides how to go on after a failure, makes it visible, and waits. */
  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, logger, path } = this.#options;
    const message = error instanceof Error ? error.message : String(error);
    this.#failures++;
    // Where the server is merely out of order the watch goes on where it was; any other answer (410, a resource
    // version from the future after a restored backup, a refusal) means that only a list tells the truth.
    if (!isRetryable(error) || (error instanceof KubeApiError && error.status === 504)) {
      this.#resourceVersion = undefined;
    }
    // An expired version is everyday business, and the list that follows needs no wait; a second one in a row does.
    if (isGone(error) && this.#failures === 1) {
      logger.debug("resource version expired, listing anew", { path });
      return;
    }
    this.#lastError = { message, error, at: clock.now() };
    const asked = error instanceof KubeApiError ? (error.retryAfterMs ?? 0) : 0;
    const delayMs = Math.max(asked, backoffDelay(this.#failures, backoff, this.#random));
    logger.warn("cannot follow the API server, trying again", {
      path,
      error: message,
      failures: this.#failures,
      delayMs: Math.round(delayMs),
    });
    // Only an abort ends the sleep early, and the loop looks at the signal itself.
    await clock.sleep(delayMs, signal).catch(() => {});
  }

  #report(events: readonly ChangeEvent<T>[]): void {
    const { logger, path, onChange } = this.#options;
    const failed = (event: ChangeEvent<T>, error: unknown) =>
      logger.error("a handler of changes failed", {
        path,
        type: event.type,
        namespace: event.object.metadata?.namespace,
        name: event.object.metadata?.name,
        error: error instanceof Error ? error.message : String(error),
      });
    for (const event of events) {
      try {
        onChange(event)?.catch((error: unknown) => failed(event, error));
      } catch (error) {
        failed(event, error);
      }
    }
  }
}
