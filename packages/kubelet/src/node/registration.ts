import type { Clock, Logger } from "@vkubelet/core";
import { isConflict, isRetryable, KubeApiError } from "../api/kube-api-error.ts";
import { backoffDelay } from "../api/retry-policy.ts";

/** Options of {@link registerUntilDone}. */
export interface RegistrationOptions {
  /** One try. */
  readonly register: () => Promise<void>;
  /** Told before each wait why the try before it failed. */
  readonly onWait: (error: unknown) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** For jitter; `Math.random` by default. */
  readonly random?: (() => number) | undefined;
}

/** Between tries, with jitter, so that many kubelets do not come back at one instant with their API server. */
const backoff = { firstMs: 1_000, maxMs: 30_000 };

/** What OpenSSL and Node say of a server that is not the one whose authority the kubeconfig names. */
const untrusted: ReadonlySet<unknown> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_SIGNATURE_FAILURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ERR_SSL_WRONG_VERSION_NUMBER",
]);

/**
 * Tries until the node is registered, for as long as the failures are of a kind that passes. Rejects at once with any
 * other: neither waiting nor a restart helps against a refusal, and whoever wrote the settings must be told.
 */
export async function registerUntilDone(options: RegistrationOptions): Promise<void> {
  const { register, onWait, clock, logger, signal, random = Math.random } = options;
  for (let failures = 1; ; failures++) {
    try {
      await register();
      return;
    } catch (error) {
      if (signal.aborted || !mayPass(error)) throw error;
      const delayMs = Math.round(backoffDelay(failures, backoff, random));
      logger.warn("cannot register the node, trying again", { error, failures, delayMs });
      onWait(error);
      await clock.sleep(delayMs, signal);
    }
  }
}

/**
 * Whether a try that failed so may succeed later with the same settings: no connection, no answer, a server that is busy
 * or out of order, or another process that wrote at the same time. Not so: credentials that cannot be had or are
 * refused, what is forbidden, a server that is not the one meant or no API server, a Node of another kubelet, and faults
 * of the provider that make pods fail for good.
 */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof KubeApiError) || error.reason === "CredentialsError") return false;
  if (untrusted.has((error.cause as { readonly code?: unknown } | undefined)?.code)) return false;
  return isRetryable(error) || isConflict(error);
}
