import { type Clock, ProviderError } from "@vkubelet/core";
import { startDeadline } from "../api/deadline.ts";

/** How a call of a provider is limited. */
export interface ProviderCallLimits {
  readonly clock: Clock;
  /** Ends the call early; the call then rejects with its reason. */
  readonly signal: AbortSignal;
  readonly limitMs: number;
}

/** Calls that only look may take so long. */
export const lookLimitMs = 60_000;

/**
 * Calls a provider for something that changes nothing, with a signal that aborts after the limit. A provider that hangs
 * counts as `Unavailable`, and one that does not even heed the abort is not waited for.
 */
export async function callProvider<T>(
  method: string,
  { clock, signal, limitMs }: ProviderCallLimits,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = startDeadline(clock, limitMs, signal);
  try {
    return await Promise.race([call(deadline.signal), rejectionOf(deadline.signal)]);
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
