import type { Clock, Logger, Pod } from "@vkubelet/core";
import { type TokenReference, tokenRefreshAt } from "@vkubelet/pod";
import type { KubeApiClient } from "../api/kube-api-client.ts";

/** Options of {@link TokenSource}. */
export interface TokenSourceOptions {
  readonly client: KubeApiClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to below 1: spreads the refreshes of many pods. */
  readonly random: () => number;
}

/** A token of a service account; `expiresAt` is RFC 3339. */
export interface ServiceAccountToken {
  readonly token: string;
  readonly expiresAt: string;
}

/**
 * Times are those of the monotonic clock, from the request on: a node whose time of day is wrong or set must neither use
 * a token beyond its end nor ask for one without end.
 */
interface HeldToken extends ServiceAccountToken {
  /** When it is to be requested anew. */
  readonly refreshAt: number;
  /** When it is refused. */
  readonly endsAt: number;
}

/** A refresh that failed while the token still holds is tried again after so long. */
const retryMs = 60_000;

/**
 * Requests the tokens of pods by TokenRequest, and keeps each for as long as the kubelet does (pod-semantics C7): until
 * 80 % of its lifetime or a day is over. A refresh that fails costs nothing while the old token holds.
 */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  readonly #held = new Map<string, Map<string, HeldToken>>();

  constructor(options: TokenSourceOptions) {
    this.#options = options;
  }

  /** Sees to it that each token is there and not due, and answers how to look one up. Throws when one cannot be had. */
  async provide(
    pod: Pod,
    references: readonly TokenReference[],
    signal: AbortSignal,
  ): Promise<(reference: TokenReference) => ServiceAccountToken | undefined> {
    const { clock } = this.#options;
    const uid = pod.metadata?.uid ?? "";
    const held = this.#held.get(uid) ?? new Map<string, HeldToken>();
    if (references.length > 0) this.#held.set(uid, held);
    for (const reference of references) {
      const known = held.get(keyOf(reference));
      if (known !== undefined && clock.monotonic() < known.refreshAt) continue;
      held.set(keyOf(reference), await this.#renewed(pod, reference, known, signal));
    }
    return (reference) => held.get(keyOf(reference));
  }

  /** When the first of the pod's tokens is due, by the monotonic clock; undefined when none ever is. */
  dueAt(uid: string): number | undefined {
    const times = [...(this.#held.get(uid)?.values() ?? [])].map(({ refreshAt }) => refreshAt);
    const first = Math.min(...times);
    return Number.isFinite(first) ? first : undefined;
  }

  /** The pod needs its tokens no more. */
  forget(uid: string): void {
    this.#held.delete(uid);
  }

  async #renewed(
    pod: Pod,
    reference: TokenReference,
    known: HeldToken | undefined,
    signal: AbortSignal,
  ): Promise<HeldToken> {
    const { clock, logger } = this.#options;
    try {
      return await this.#request(pod, reference, signal);
    } catch (error) {
      const holds = known !== undefined && clock.monotonic() < known.endsAt;
      if (!holds || signal.aborted) throw error;
      const { namespace, name } = pod.metadata ?? {};
      logger.warn("cannot refresh a token, the old one still holds", { pod: `${namespace}/${name}`, error });
      return { ...known, refreshAt: clock.monotonic() + retryMs };
    }
  }

  async #request(pod: Pod, reference: TokenReference, signal: AbortSignal): Promise<HeldToken> {
    const { namespace, name, uid } = pod.metadata ?? {};
    const askedAt = this.#options.clock.monotonic();
    const account = pod.spec?.serviceAccountName ?? "default";
    const answer = await this.#options.client.create<TokenAnswer>(
      `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
      {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: {
          ...(reference.audience === undefined ? {} : { audiences: [reference.audience] }),
          expirationSeconds: reference.expirationSeconds,
          boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid },
        },
      },
      { signal },
    );
    const { token, expirationTimestamp: expiresAt = "" } = answer.status ?? {};
    if (token === undefined)
      throw new Error(`the API server issued no token for service account ${namespace}/${account}`);
    // A server may grant another lifetime than was asked for.
    const lifetimeSeconds = answer.spec?.expirationSeconds ?? reference.expirationSeconds;
    const endsAt = askedAt + lifetimeSeconds * 1_000;
    return { token, expiresAt, endsAt, refreshAt: tokenRefreshAt(askedAt, endsAt, this.#options.random()) };
  }
}

interface TokenAnswer {
  readonly spec?: { readonly expirationSeconds?: number };
  readonly status?: { readonly token?: string; readonly expirationTimestamp?: string };
}

function keyOf(reference: TokenReference): string {
  return JSON.stringify([reference.volume, reference.path]);
}
