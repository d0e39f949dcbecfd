import type { Clock } from "@vkubelet/core";
import { LRUCache } from "lru-cache";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import type { Identity } from "./authenticator.ts";

/** What a request means to do to the node, in the terms of RBAC. */
export interface NodeAccess {
  readonly verb: string;
  /** Subresources of `nodes`, the most specific first; one that is allowed suffices. */
  readonly subresources: readonly string[];
}

/** Decides who may do what. */
export interface Authorizer {
  /** Rejects when the API server cannot be asked: the request is then answered 500. */
  authorize(identity: Identity, access: NodeAccess, signal: AbortSignal): Promise<boolean>;
}

/** Options of {@link createAuthorizer}. */
export interface AuthorizerOptions {
  readonly client: Pick<KubeApiClient, "create">;
  readonly clock: Clock;
  readonly nodeName: string;
}

const allowedMs = 300_000;
const deniedMs = 30_000;
const cachedDecisions = 4_096;

/** The kubelet's authorization: SubjectAccessReview on `nodes/{subresource}`; allowed stands five minutes, denied 30 s. */
export function createAuthorizer({ client, clock, nodeName }: AuthorizerOptions): Authorizer {
  const cache = new LRUCache<string, { readonly allowed: boolean }>({
    max: cachedDecisions,
    ttl: allowedMs,
    ttlResolution: 0,
    perf: clock,
  });

  const review = async (
    identity: Identity,
    verb: string,
    subresource: string,
    signal: AbortSignal,
  ): Promise<boolean> => {
    const spec = {
      user: identity.username,
      groups: identity.groups,
      ...(identity.uid === undefined ? {} : { uid: identity.uid }),
      ...(identity.extra === undefined ? {} : { extra: identity.extra }),
      resourceAttributes: { verb, version: "v1", resource: "nodes", subresource, name: nodeName },
    };
    const key = JSON.stringify(spec);
    const known = cache.get(key);
    if (known !== undefined) return known.allowed;
    const answer = await client.create<SubjectAccessReview>(
      "/apis/authorization.k8s.io/v1/subjectaccessreviews",
      { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec },
      { signal },
    );
    const allowed = answer.status?.allowed === true && answer.status.denied !== true;
    cache.set(key, { allowed }, { ttl: allowed ? allowedMs : deniedMs });
    return allowed;
  };

  return {
    authorize: async (identity, { verb, subresources }, signal) => {
      for (const subresource of subresources) {
        if (await review(identity, verb, subresource, signal)) return true;
      }
      return false;
    },
  };
}

interface SubjectAccessReview {
  readonly status?: { readonly allowed?: boolean; readonly denied?: boolean };
}
