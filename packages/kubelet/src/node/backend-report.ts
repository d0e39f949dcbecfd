import type { CallContext, Clock, Logger, NodeDescription, Provider, ProviderHealth } from "@vkubelet/core";
import { isProviderError, providerErrorEffects } from "@vkubelet/core";
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
  #describeError: unknown;
  #describedAt = Number.NEGATIVE_INFINITY;

  constructor(options: BackendReportOptions) {
    this.#options = options;
  }

  /** As last told; undefined before it was told anything. */
  get description(): NodeDescription | undefined {
    return this.#description;
  }

  /** Asks anew when it is time. Throws when a first answer fails for a reason that no waiting mends. */
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
      // The last answer stands. Without any, a backend that is out of order may come back, and another fault will not.
      if (this.#description === undefined && !isBackendDown(error)) throw error;
      if (this.#description === undefined) this.#describeError = error;
      logger.warn("cannot describe the node", { error });
    }
  }

  /** Whether the backend can take pods now, and if not why. Never throws. */
  async health(signal: AbortSignal): Promise<ProviderHealth> {
    const { provider, backendError } = this.#options;
    if (this.#describeError !== undefined) return unavailable(this.#describeError);
    try {
      const health = await this.#look("checkHealth", signal, async (context) =>
        provider.checkHealth?.(context),
      );
      if (health?.healthy === false) return health;
    } catch (error) {
      return { healthy: false, reason: "ProviderUnhealthy", message: messageOf(error) };
    }
    const error = backendError();
    return error === undefined ? { healthy: true } : unavailable(error);
  }

  #look<T>(method: string, signal: AbortSignal, call: (context: CallContext) => Promise<T>): Promise<T> {
    const { clock, logger } = this.#options;
    return callProvider(method, { clock, signal, limitMs: lookLimitMs }, (limited) =>
      call({ signal: limited, logger, clock }),
    );
  }
}

function unavailable(error: unknown): ProviderHealth {
  return { healthy: false, reason: "BackendUnavailable", message: messageOf(error) };
}

function isBackendDown(error: unknown): boolean {
  return (
    isProviderError(error) && (providerErrorEffects[error.code].nodeUnready || error.code === "Throttled")
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
