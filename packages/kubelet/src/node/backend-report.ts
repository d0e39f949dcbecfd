import type { CallContext, Clock, Logger, NodeDescription, Provider, ProviderHealth } from "@vkubelet/core";
import { isProviderError, type ProviderError, providerErrorEffects, toProviderError } from "@vkubelet/core";
import { callProvider, lookLimitMs } from "../pods/provider-call.ts";

/** Options of {@link BackendReport}. */
export interface BackendReportOptions {
  readonly provider: Provider;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Why the backend does not answer, as the observation feed saw it; undefined while it does. */
  readonly backendError: () => unknown;
}

const describeMs = 60_000;

/** What the backend says of the node: what it has, asked once a minute, and whether it is in order. */
export class BackendReport {
  readonly #options: BackendReportOptions;
  #description: NodeDescription | undefined;
  /** Why there is no description yet. */
  #describeError: ProviderError | undefined;
  #describedAt = Number.NEGATIVE_INFINITY;

  constructor(options: BackendReportOptions) {
    this.#options = options;
  }

  /** As last told; undefined before it was told anything. */
  get description(): NodeDescription | undefined {
    return this.#description;
  }

  /**
   * Asks anew when it is time. Throws when a first answer fails by a code that would make a pod fail for good: no waiting
   * mends that. After any other failure the node has no room and is not ready, and says why.
   */
  async describe(signal: AbortSignal): Promise<void> {
    const { clock, provider, logger } = this.#options;
    if (clock.monotonic() - this.#describedAt < describeMs) return;
    try {
      const call = (context: CallContext) => provider.describeNode(context);
      this.#description = await this.#look("describeNode", signal, call);
      this.#describedAt = clock.monotonic();
      this.#describeError = undefined;
    } catch (error) {
      if (signal.aborted) throw error;
      // The last answer stands.
      if (this.#description === undefined) {
        if (isFinal(error)) throw error;
        this.#describeError = toProviderError(error);
      }
      logger.warn("cannot describe the node", { error });
    }
  }

  /** Whether the backend can take pods now, and if not why. Never throws. */
  async health(signal: AbortSignal): Promise<ProviderHealth> {
    const { provider, backendError } = this.#options;
    if (this.#describeError !== undefined)
      return unhealthy(this.#describeError, { reason: "BackendUnavailable" });
    try {
      const health = await this.#look("checkHealth", signal, async (context) =>
        provider.checkHealth?.(context),
      );
      if (health?.healthy === false) return health;
    } catch (error) {
      return unhealthy(error, { reason: "ProviderUnhealthy" });
    }
    const error = backendError();
    return error === undefined ? { healthy: true } : unhealthy(error, { reason: "BackendUnavailable" });
  }

  #look<T>(method: string, signal: AbortSignal, call: (context: CallContext) => Promise<T>): Promise<T> {
    const { clock, logger } = this.#options;
    return callProvider(method, { clock, signal, limitMs: lookLimitMs }, (limited) =>
      call({ signal: limited, logger, clock }),
    );
  }
}

/** A reason of the error's own says more than a general one; its code, which stands in for one, does not. */
function unhealthy(thrown: unknown, general: { readonly reason: string }): ProviderHealth {
  const { code, reason, message } = toProviderError(thrown);
  return { healthy: false, reason: reason === code ? general.reason : reason, message };
}

function isFinal(error: unknown): boolean {
  return isProviderError(error) && providerErrorEffects[error.code].onCreate === "fail";
}
