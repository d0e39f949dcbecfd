import { isProviderError, type PodObservation, type PodRef } from "@vkubelet/core";
import type { ContractKit } from "./contract-kit.ts";
import { check } from "./contract-violation.ts";

/** A watch as a host keeps it: the first `next()` was asked for when it is open. */
export class Watch implements AsyncDisposable {
  readonly #kit: ContractKit;
  readonly #abort = new AbortController();
  readonly #iterator: AsyncIterator<PodObservation>;
  readonly #told: PodObservation[] = [];
  #next: Promise<IteratorResult<PodObservation>>;

  private constructor(kit: ContractKit) {
    const { provider, host } = kit;
    if (provider.watchPods === undefined) throw new Error("the case did not say that it needs watchPods");
    this.#kit = kit;
    this.#iterator = provider.watchPods(host.call(this.#abort.signal))[Symbol.asyncIterator]();
    this.#next = this.#ask();
  }

  /** Opens a watch, and gives the provider the time of a listing to open its own. */
  static async open(kit: ContractKit): Promise<Watch> {
    const watch = new Watch(kit);
    await kit.list();
    return watch;
  }

  /** The first observation that `accept` takes, of those that were told and of those to come. */
  async until(
    { uid }: PodRef,
    what: string,
    accept: (observation: PodObservation) => boolean,
  ): Promise<PodObservation> {
    const fits = (observation: PodObservation) => observation.ref.uid === uid && accept(observation);
    for (;;) {
      const found = this.#told.find(fits);
      if (found !== undefined) return found;
      const result = await this.#kit.host.bounded(this.#next, `waiting for a watch to tell ${what}`);
      check(result.done !== true, `the watch ended before it told ${what}`);
      this.#told.push(result.value);
      this.#next = this.#ask();
    }
  }

  /** Waits until the watch has ended or thrown a ProviderError. */
  async over(): Promise<void> {
    try {
      for (;;) {
        const result = await this.#kit.host.bounded(this.#next, "waiting for a broken watch to end");
        if (result.done === true) return;
        this.#next = this.#ask();
      }
    } catch (error) {
      if (!isProviderError(error)) throw error;
    }
  }

  /** The error with which the watch ends when its signal aborts. */
  async abort(reason: unknown): Promise<unknown> {
    this.#abort.abort(reason);
    return await this.#kit.failure("a watch whose signal was aborted", this.#drain());
  }

  /** Leaves the loop as `break` does: what is asked for is told before, or never. */
  async leave(): Promise<void> {
    const left = this.#iterator.return?.() ?? Promise.resolve();
    // An iterator that waits for news finishes its pending `next` first: the abort is what a host does then.
    this.#abort.abort(new Error("the watch is left"));
    await this.#kit.host.bounded(Promise.resolve(left), "leaving the loop of a watch");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }

  async #drain(): Promise<void> {
    for (;;) {
      const result = await this.#next;
      if (result.done === true) return;
      this.#next = this.#ask();
    }
  }

  #ask(): Promise<IteratorResult<PodObservation>> {
    const next = this.#iterator.next();
    // Whoever waits for it hears of a failure; a watch that is left need not be waited for.
    next.catch(() => {});
    return next;
  }
}
