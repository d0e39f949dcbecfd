import { isProviderError, providerErrorEffects } from "@vkubelet/core";
import type { ContractHost } from "./contract-host.ts";

/** Repeats a call until it succeeds, as a host does after errors whose effect is a retry; others are thrown. */
export async function retryAsHost(
  { clock, limitMs }: ContractHost,
  pauseMs: number,
  call: () => Promise<void>,
): Promise<void> {
  const deadline = clock.now() + limitMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const retry = isProviderError(error) && providerErrorEffects[error.code].onCreate === "retry";
      if (!retry || clock.now() > deadline) throw error;
      await clock.sleep(Math.max(pauseMs, error.retryAfterMs ?? 0));
    }
  }
}
