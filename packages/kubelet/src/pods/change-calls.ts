import { type Clock, ProviderError } from "@vkubelet/core";
import { startDeadline } from "../api/deadline.ts";
import { unneeded } from "../api/unneeded.ts";

/** How long a call may take. */
const limitMs = 120_000;
/** A provider that heeds its signal ends its call within this time after the abort. */
const heedMs = 1_000;

/**
 * The calls that change something at the backend for one pod: one at a time, each with a limit. A call that does not
 * even heed its abort is let go of, but stands in the way of the next until it returns: two changes of one pod never
 * overlap, and no other pod has to wait.
 */
export class ChangeCalls {
  readonly #clock: Clock;
  #unreturned: string | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The method that was given up and has not returned yet. */
  get unreturned(): string | undefined {
    return this.#unreturned;
  }

  /**
   * Calls the provider. Rejects with `Unavailable` when no answer came in time, and with the signal's reason soon after
   * its abort; the provider may not have returned then.
   */
  async run<T>(method: string, signal: AbortSignal, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#unreturned !== undefined) {
      throw new ProviderError("Unavailable", `${method}: ${this.#unreturned} has not returned yet`);
    }
    const deadline = startDeadline(this.#clock, limitMs, signal);
    const settled = new AbortController();
    try {
      const result = call(deadline.signal);
      const given = Promise.resolve(result).finally(() => settled.abort(unneeded));
      return await Promise.race([given, this.#givenUp(method, given, deadline.signal, settled.signal)]);
    } catch (error) {
      if (!deadline.exceeded || signal.aborted) throw error;
      const heeded = this.#unreturned === undefined ? "" : ", and it does not heed that it is given up";
      const message = `${method}: no answer within ${limitMs / 1_000} s${heeded}`;
      throw new ProviderError("Unavailable", message, { cause: error });
    } finally {
      deadline[Symbol.dispose]();
    }
  }

  /** Rejects some time after the abort of a call that goes on all the same. */
  async #givenUp(
    method: string,
    call: Promise<unknown>,
    aborted: AbortSignal,
    settled: AbortSignal,
  ): Promise<never> {
    await abortOf(aborted);
    await this.#clock.sleep(heedMs, settled).catch(() => {});
    // The call's own end is what counts, and wins the race.
    if (settled.aborted) return new Promise<never>(() => {});
    this.#unreturned = method;
    const returned = () => {
      this.#unreturned = undefined;
    };
    call.then(returned, returned);
    throw aborted.reason;
  }
}

function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
