import { setImmediate } from "node:timers/promises";
import {
  type CallContext,
  type Clock,
  isProviderError,
  type Logger,
  type PodObservation,
  type Provider,
  toProviderError,
} from "@vkubelet/core";
import { AbortableIterator } from "../abortable-iteration.ts";
import { checkObservation } from "./check-observation.ts";
import { callProvider, lookLimitMs } from "./provider-call.ts";

/** What is known of one pod at the backend. */
export interface KnownObservation {
  readonly observation: PodObservation;
  /** Set while complete listings do not contain the pod: the (monotonic) time of the first that lacked it. */
  readonly missingSince?: number;
}

/** Options of {@link ObservationFeed}. */
export interface ObservationFeedOptions {
  readonly provider: Provider;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether the pod is one of this node. A watch need not be believed about others: the next listing has them. */
  readonly isOurs: (uid: string) => boolean;
  /** Called for each UID whose knowledge changed, and for every known UID after the first complete listing. */
  readonly onChange: (uid: string) => void;
  /** Called when the backend stops or starts to answer. */
  readonly onHealthChange: () => void;
}

const resyncMs = 300_000;
const defaultPollMs = 5_000;
const firstBackoffMs = 1_000;
const maxBackoffMs = 30_000;
/** Listings begin no closer together, however often a refresh is asked for. */
const minListingGapMs = 250;
/** Throttled listings in a row that do not yet mean that the backend is out of order. */
const throttledPatience = 5;
/** So many observations of a watch are taken at one go. */
const maxTurn = 256;

/**
 * Keeps the latest observation of every pod that the backend knows: by watching where the provider can, else by
 * polling. Level-triggered: an observation replaces the one before unless it is older (attempt, then version).
 * Absence is recorded only after a complete listing, with its age; an error of a listing never means absence.
 */
export class ObservationFeed {
  readonly #options: ObservationFeedOptions;
  readonly #known = new Map<string, KnownObservation>();
  /** For each pod the number of listings that had begun when it was last heard of. */
  readonly #heardAt = new Map<string, number>();
  #listings = 0;
  /** Pods that are over and released, but that the backend goes on to list for a while. */
  readonly #released = new Set<string>();
  readonly #abort = new AbortController();
  #listedAt: number | undefined;
  #refresh: AbortController | undefined;
  #refreshAsked = false;
  #error: unknown;
  #loops: Promise<unknown> = Promise.resolve();

  constructor(options: ObservationFeedOptions) {
    this.#options = options;
  }

  /** When the last complete listing began, by the monotonic clock; undefined until there was one: nothing may be created before. */
  get listedAt(): number | undefined {
    return this.#listedAt;
  }

  /** Why the backend does not answer at the moment. */
  get lastError(): unknown {
    return this.#error;
  }

  get(uid: string): KnownObservation | undefined {
    return this.#known.get(uid);
  }

  /** Everything known, for the orphan sweep. */
  all(): Iterable<KnownObservation> {
    return this.#known.values();
  }

  /** Drops a pod that is over and released, for good: that its backend goes on to list it is no news. */
  forget(uid: string): void {
    this.#heardAt.delete(uid);
    if (this.#known.delete(uid)) this.#released.add(uid);
  }

  /** Asks for a listing soon, for example after a create. */
  refresh(): void {
    this.#refreshAsked = true;
    this.#refresh?.abort(new Error("refresh"));
  }

  start(): void {
    this.#loops = Promise.all([
      this.#listLoop(),
      this.#options.provider.watchPods ? this.#watchLoop() : undefined,
    ]);
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error("the feed was stopped"));
    this.#refresh?.abort(new Error("the feed was stopped"));
    await this.#loops;
  }

  #context(): CallContext {
    const { logger, clock } = this.#options;
    return { signal: this.#abort.signal, logger, clock };
  }

  get #stopped(): boolean {
    return this.#abort.signal.aborted;
  }

  async #listLoop(): Promise<void> {
    const { provider, logger, clock } = this.#options;
    let failures = 0;
    while (!this.#stopped) {
      this.#refreshAsked = false;
      const startedAt = clock.monotonic();
      let pause: number;
      try {
        this.#listings += 1;
        this.#applyListing(await this.#list(), startedAt);
        failures = 0;
        this.#setError(undefined);
        pause = provider.watchPods ? resyncMs : (provider.traits.pollIntervalMs ?? defaultPollMs);
      } catch (error) {
        if (this.#stopped) return;
        failures += 1;
        pause = Math.min(maxBackoffMs, firstBackoffMs * 2 ** (failures - 1));
        if (failures === 1) logger.warn("cannot list the pods of the backend", { error });
        const throttled = isProviderError(error) && error.code === "Throttled";
        if (throttled) pause = Math.max(pause, error.retryAfterMs ?? 0);
        // A busy backend is no broken one, unless it stays so.
        if (!throttled || failures > throttledPatience) this.#setError(toProviderError(error));
      }
      await this.#pause(this.#refreshAsked && failures === 0 ? 0 : pause, failures > 0);
      const gap = startedAt + minListingGapMs - clock.monotonic();
      if (gap > 0) await clock.sleep(gap, this.#abort.signal).catch(() => {});
    }
  }

  #list(): Promise<readonly PodObservation[]> {
    const { provider, clock } = this.#options;
    const limits = { clock, signal: this.#abort.signal, limitMs: lookLimitMs };
    return callProvider("listPods", limits, (signal) => provider.listPods({ ...this.#context(), signal }));
  }

  /** Waits, but not beyond a refresh; a failing backend is not asked more often because of one. */
  async #pause(milliseconds: number, failing: boolean): Promise<void> {
    this.#refresh = new AbortController();
    const signal = failing ? this.#abort.signal : AbortSignal.any([this.#refresh.signal, this.#abort.signal]);
    try {
      await this.#options.clock.sleep(milliseconds, signal);
    } catch {
      // Woken by a refresh or a stop: both are looked at by the loop.
    } finally {
      this.#refresh = undefined;
    }
  }

  async #watchLoop(): Promise<void> {
    const { logger, clock } = this.#options;
    let failures = 0;
    while (!this.#stopped) {
      try {
        await this.#watch(() => {
          failures = 0;
        });
      } catch (error) {
        if (this.#stopped) return;
        logger.info("the watch of the backend ended", { error });
      }
      if (this.#stopped) return;
      // What happens until the next watch is caught up by listing.
      this.refresh();
      failures += 1;
      try {
        await clock.sleep(Math.min(maxBackoffMs, firstBackoffMs * 2 ** (failures - 1)), this.#abort.signal);
      } catch {
        return;
      }
    }
  }

  async #watch(onNews: () => void): Promise<void> {
    const source = this.#options.provider.watchPods?.(this.#context());
    if (source === undefined) return;
    // A stream that heeds no abort must not keep the kubelet from stopping.
    const stream = new AbortableIterator(source, this.#abort.signal);
    let sourceIsOver = false;
    try {
      let told = 0;
      const first = stream.next();
      // What happened between the last listing and the watch is caught up by listing after the watch began.
      this.refresh();
      for (let result = await first; result !== "aborted"; result = await stream.next()) {
        sourceIsOver = result.done === true;
        if (result.done) return;
        onNews();
        checkObservation("watchPods", result.value);
        this.#applyNews(result.value);
        told += 1;
        // A backend that floods must not keep everything else from its turn.
        if (told % maxTurn === 0) await setImmediate();
      }
    } finally {
      stream.close({ sourceIsOver });
    }
  }

  #setError(error: unknown): void {
    const changed = (this.#error === undefined) !== (error === undefined);
    this.#error = error;
    if (changed) this.#options.onHealthChange();
  }

  #applyListing(observations: readonly PodObservation[], startedAt: number): void {
    // All or nothing: a part of a listing would make the rest absent.
    for (const observation of observations) checkObservation("listPods", observation);
    const first = this.#listedAt === undefined;
    this.#listedAt = startedAt;
    const present = new Set<string>();
    for (const observation of observations) {
      present.add(observation.ref.uid);
      this.#apply(observation);
      // The listing itself is no news beyond its own beginning.
      this.#heardAt.set(observation.ref.uid, this.#listings - 1);
    }
    for (const uid of this.#released) {
      if (!present.has(uid)) this.#released.delete(uid);
    }
    for (const [uid, known] of this.#known) {
      if (present.has(uid) || known.missingSince !== undefined) continue;
      // Heard of while this listing was under way: what it lacks may have come after it looked.
      if ((this.#heardAt.get(uid) ?? 0) >= this.#listings) continue;
      this.#known.set(uid, { observation: known.observation, missingSince: startedAt });
      this.#options.onChange(uid);
    }
    if (first) this.#options.onChange("");
  }

  /** Takes what a watch tells. It may go on for ever about pods that nobody has, and those are not collected. */
  #applyNews(observation: PodObservation): void {
    const { uid } = observation.ref;
    if (this.#known.has(uid) || this.#options.isOurs(uid)) this.#apply(observation);
  }

  #apply(observation: PodObservation): void {
    const uid = observation.ref.uid;
    if (this.#released.has(uid)) return;
    this.#heardAt.set(uid, this.#listings);
    const known = this.#known.get(uid);
    if (known !== undefined && !isNewer(observation, known.observation)) {
      if (known.missingSince === undefined) return;
      // It was missing from a listing and is back.
      this.#known.set(uid, { observation: known.observation });
    } else {
      this.#known.set(uid, { observation });
    }
    this.#options.onChange(uid);
  }
}

function isNewer(candidate: PodObservation, known: PodObservation): boolean {
  if (candidate.attempt !== known.attempt) return candidate.attempt > known.attempt;
  return candidate.version > known.version;
}
