import { isProviderError } from "./errors.ts";
import type { ProviderHealth } from "./node-description.ts";

/** What `check` finds. A ProviderError of it is an answer too: unhealthy, for its reason. Other errors pass through. */
export async function healthOf(check: () => Promise<ProviderHealth>): Promise<ProviderHealth> {
  try {
    return await check();
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return { healthy: false, reason: error.reason, message: error.message };
  }
}
