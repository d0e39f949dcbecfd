import { createHash } from "node:crypto";
import type { Clock, Logger } from "@vkubelet/core";
import { LRUCache } from "lru-cache";
import type { KubeApiClient } from "../api/kube-api-client.ts";

/** Who asks. */
export interface Identity {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What a request brings to prove who sent it. */
export interface RequestCredentials {
  /** Subject of the client certificate, only if TLS has verified it against the client CA. */
  readonly verifiedSubject?: {
    readonly CN?: string | string[] | undefined;
    readonly O?: string | string[] | undefined;
  };
  /** The Authorization header. */
  readonly authorization?: string;
}

/** Finds out who sent a request. */
export interface Authenticator {
  /** The identity, or undefined when nothing proves one: the request is then answered 401. */
  authenticate(credentials: RequestCredentials, signal: AbortSignal): Promise<Identity | undefined>;
}

/** Options of {@link createAuthenticator}. */
export interface AuthenticatorOptions {
  readonly client: Pick<KubeApiClient, "create">;
  readonly clock: Clock;
  readonly logger: Logger;
}

const cacheMs = 120_000;
const cachedTokens = 4_096;
/** No token is as long; a longer one is not worth a question. */
const longestToken = 64 * 1024;

/**
 * The kubelet's authentication: first the client certificate (CN is the user, each O a group), then a bearer token by
 * TokenReview, whose answer stands for two minutes. Nobody is let in without credentials.
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { client, clock, logger } = options;
  // Keyed by hash: tokens are not kept in memory longer than their request.
  const cache = new LRUCache<string, { readonly identity: Identity | undefined }>({
    max: cachedTokens,
    ttl: cacheMs,
    ttlResolution: 0,
    perf: clock,
  });

  const authenticateToken = async (token: string, signal: AbortSignal): Promise<Identity | undefined> => {
    const key = createHash("sha256").update(token).digest("base64");
    const known = cache.get(key);
    if (known !== undefined) return known.identity;
    try {
      const identity = identityOf(
        await client.create<TokenReview>(
          "/apis/authentication.k8s.io/v1/tokenreviews",
          { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec: { token } },
          { signal },
        ),
      );
      cache.set(key, { identity });
      return identity;
    } catch (error) {
      signal.throwIfAborted();
      logger.error("cannot review a token, so its bearer is refused", {
        error: error instanceof Error ? error.message : String(error),
      });
      return undefined;
    }
  };

  return {
    authenticate: async ({ verifiedSubject, authorization }, signal) => {
      const bySubject = verifiedSubject === undefined ? undefined : identityOfSubject(verifiedSubject);
      if (bySubject !== undefined) return bySubject;
      const token = /^bearer +([^\s]+)$/i.exec(authorization?.trim() ?? "")?.[1];
      if (token === undefined || token.length > longestToken) return undefined;
      return authenticateToken(token, signal);
    },
  };
}

interface TokenReview {
  readonly status?: {
    readonly authenticated?: boolean;
    readonly user?: {
      readonly username?: string;
      readonly uid?: string;
      readonly groups?: readonly string[];
      readonly extra?: Readonly<Record<string, readonly string[]>>;
    };
  };
}

function identityOf(review: TokenReview): Identity | undefined {
  const { authenticated, user } = review.status ?? {};
  if (authenticated !== true || !user?.username) return undefined;
  return {
    username: user.username,
    groups: authenticatedGroups(user.groups ?? []),
    ...(user.uid ? { uid: user.uid } : {}),
    ...(user.extra === undefined ? {} : { extra: user.extra }),
  };
}

function identityOfSubject(
  subject: NonNullable<RequestCredentials["verifiedSubject"]>,
): Identity | undefined {
  // Two common names: which of them the CA meant to vouch for cannot be told.
  if (typeof subject.CN !== "string" || subject.CN === "") return undefined;
  const organizations = subject.O === undefined ? [] : [subject.O].flat();
  return { username: subject.CN, groups: authenticatedGroups(organizations) };
}

function authenticatedGroups(groups: readonly string[]): readonly string[] {
  return groups.includes("system:authenticated") ? groups : [...groups, "system:authenticated"];
}
