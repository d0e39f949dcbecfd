import { type Clock, ProviderError } from "@vkubelet/core";
import type { TimeLimits } from "../api/time-limits.ts";
import { unneeded } from "../api/unneeded.ts";

/** How long a call may take. */
export const changeLimitMs = 120_000;
/** A provider that heeds its signal ends its call within this time after the abort. */
const heedMs = 1_000;

/**
 * The calls that change something at the backend for one pod: one at a time, each with a limit. A call that does not
 * even heed its abort is let go of, but stands in the way of the next until it returns: two changes of one pod never
 * overlap, and no other pod has to wait.
 */
export class ChangeCalls {
  readonly #clock: Clock;
  readonly #limits: TimeLimits;
  #unreturned: string | undefined;

  constructor(clock: Clock, limits: TimeLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** The method that was given up and has not returned yet. */
  get unreturned(): string | undefined {
    return this.#unreturned;
  }

  /**
   * Calls the provider. Rejects with `Unavailable` when no answer came in time, and with the signal's reason soon after
   * its abort; the provider may not have returned then.
   */
  async run<T>(method: string, parent: AbortSignal, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#unreturned !== undefined) {
      throw new ProviderError("Unavailable", `${method}: ${this.#unreturned} has not returned yet`);
    }
    const controller = new AbortController();
    const onAbort = () => controller.abort(parent.reason);
    if (parent.aborted) onAbort();
    else parent.addEventListener("abort", onAbort, { once: true });
    let exceeded = false;
    const endLimit = this.#limits.start(() => {
      exceeded = true;
      controller.abort(new Error("the time ran out"));
    });
    try {
      return await this.#unlessGivenUp(method, Promise.resolve(call(controller.signal)), controller.signal);
    } catch (error) {
      if (!exceeded || parent.aborted) throw error;
      const heeded = this.#unreturned === undefined ? "" : ", and it does not heed that it is given up";
      const message = `${method}: no answer within ${this.#limits.milliseconds / 1_000} s${heeded}`;
      throw new ProviderError("Unavailable", message, { cause: error });
    } finally {
      endLimit();
      parent.removeEventListener("abort", onAbort);
    }
  }

  /** The call's own end; rejects some time after the abort of one that goes on all the same. */
  #unlessGivenUp<T>(method: string, call: Promise<T>, aborted: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      let patience: AbortController | undefined;
      let settled = false;
      const settle = () => {
        settled = true;
        patience?.abort(unneeded);
      };
      const giveUp = async () => {
        if (settled) return;
        patience = new AbortController();
        await this.#clock.sleep(heedMs, patience.signal).catch(() => {});
        if (settled) return;
        this.#unreturned = method;
        const returned = () => {
          this.#unreturned = undefined;
        };
        call.then(returned, returned);
        reject(aborted.reason);
      };
      call.then(resolve, reject).finally(settle);
      if (aborted.aborted) void giveUp();
      else aborted.addEventListener("abort", () => void giveUp(), { once: true });
    });
  }
}
