import { type Clock, ProviderError } from "@vkubelet/core";
import { startDeadline } from "../api/deadline.ts";

/** How a call of a provider is limited. */
export interface ProviderCallLimits {
  readonly clock: Clock;
  /** Ends the call early; the call then rejects with its reason. */
  readonly signal: AbortSignal;
  readonly limitMs: number;
  /**
   * Whether to go on without the provider when it does not even heed the abort. Only for calls that change nothing: two
   * changes of one pod must never overlap.
   */
  readonly abandon: boolean;
}

/** Calls that change something at the backend may take so long. */
export const changeLimitMs = 120_000;
/** Calls that only look may take so long. */
export const lookLimitMs = 60_000;

/** Calls a provider with a signal that aborts after the limit; a provider that hangs counts as `Unavailable`. */
export async function callProvider<T>(
  method: string,
  { clock, signal, limitMs, abandon }: ProviderCallLimits,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = startDeadline(clock, limitMs, signal);
  try {
    const result = call(deadline.signal);
    return await (abandon ? Promise.race([result, rejectionOf(deadline.signal)]) : result);
  } catch (error) {
    if (!deadline.exceeded || signal.aborted) throw error;
    throw new ProviderError("Unavailable", `${method}: no answer within ${limitMs / 1_000} s`, {
      cause: error,
    });
  } finally {
    deadline[Symbol.dispose]();
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
