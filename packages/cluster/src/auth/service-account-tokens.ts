import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import type { Json } from "../api/objects.ts";
import type { Clock } from "../clock.ts";
import type { Registry } from "../registry/registry.ts";
import type { User } from "./user.ts";

/** The audience and issuer of tokens for the API server itself. */
export const apiAudience = "https://kubernetes.default.svc.cluster.local";

/** An object as a token names it. */
export interface TokenReference {
  readonly name: string;
  readonly uid?: string;
}

/** What a token is bound to: it ends when that object does. The node of a pod is only told of. */
export interface TokenBinding {
  readonly pod?: TokenReference;
  readonly secret?: TokenReference;
  readonly node?: TokenReference;
}

/** What TokenRequest asks for. */
export interface TokenGrant {
  readonly namespace: string;
  readonly name: string;
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  readonly binding: TokenBinding;
}

/** Expiration that kubelets ask for in a mounted token: such a token is good for a year, so that old clients go on. */
const warnOnlySeconds = 3607;
const extendedSeconds = 365 * 24 * 3600;
/** Clocks differ: so much later a token is still taken. */
const leewaySeconds = 60;

/** A user with the audiences the token is good for. */
export interface VerifiedToken {
  readonly user: User;
  readonly audiences: readonly string[];
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** Issues and verifies tokens of service accounts: JSON web tokens signed with a key that lives as long as the cluster. */
export class ServiceAccountTokens {
  readonly #key = randomBytes(32);
  readonly #registry: Registry;
  readonly #clock: Clock;

  constructor(registry: Registry, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
  }

  /** A signed token and when it ends, in milliseconds since the Unix epoch. @throws StatusError 404 */
  issue(grant: TokenGrant): { readonly token: string; readonly expiresAt: number } {
    const accounts = this.#registry.types.require("", "serviceaccounts");
    const account = this.#registry.get(accounts, grant.namespace, grant.name);
    const issuedAt = Math.floor(this.#clock.now() / 1000);
    const { binding, expirationSeconds, audiences } = grant;
    const ours = audiences.every((audience) => audience === apiAudience);
    const extended = binding.pod !== undefined && expirationSeconds === warnOnlySeconds && ours;
    const claims = {
      aud: audiences,
      exp: issuedAt + (extended ? extendedSeconds : expirationSeconds),
      iat: issuedAt,
      iss: apiAudience,
      jti: randomUUID(),
      "kubernetes.io": {
        namespace: grant.namespace,
        serviceaccount: { name: grant.name, uid: account.metadata.uid },
        ...binding,
        ...(extended ? { warnafter: issuedAt + expirationSeconds } : {}),
      },
      nbf: issuedAt,
      sub: `system:serviceaccount:${grant.namespace}:${grant.name}`,
    };
    const content = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
    return { token: `${content}.${this.#sign(content)}`, expiresAt: (issuedAt + expirationSeconds) * 1000 };
  }

  /** The account behind a token; undefined when it is not ours, has ended, or its account or bound pod has gone. */
  verify(token: string): VerifiedToken | undefined {
    const claims = this.#claims(token);
    if (!claims || (claims.exp + leewaySeconds) * 1000 <= this.#clock.now()) return undefined;
    const { namespace, serviceaccount, pod, secret, node } = claims["kubernetes.io"];
    if (!this.#exists("serviceaccounts", namespace, serviceaccount)) return undefined;
    if (pod && !this.#exists("pods", namespace, pod)) return undefined;
    if (secret && !this.#exists("secrets", namespace, secret)) return undefined;
    if (node && !pod && !this.#exists("nodes", undefined, node)) return undefined;
    return {
      audiences: claims.aud,
      user: {
        name: claims.sub,
        uid: serviceaccount.uid,
        groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
        extra: {
          "authentication.kubernetes.io/credential-id": [`JTI=${claims.jti}`],
          ...extraOf("node", node),
          ...extraOf("pod", pod),
        },
      },
    };
  }

  #claims(token: string): Json {
    const parts = token.split(".");
    if (parts.length !== 3) return undefined;
    const given = Buffer.from(parts[2] ?? "", "base64url");
    const expected = Buffer.from(this.#sign(`${parts[0]}.${parts[1]}`), "base64url");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString("utf8"));
  }

  #exists(plural: string, namespace: string | undefined, expected: TokenReference): boolean {
    const type = this.#registry.types.require("", plural);
    const { uid, deletionTimestamp } =
      this.#registry.store.get(type, namespace, expected.name)?.metadata ?? {};
    const latest = this.#clock.now() - leewaySeconds * 1000;
    return uid === expected.uid && !(deletionTimestamp && Date.parse(deletionTimestamp) < latest);
  }

  #sign(content: string): string {
    return createHmac("sha256", this.#key).update(content).digest("base64url");
  }
}

function extraOf(kind: string, reference: TokenReference | undefined): Record<string, readonly string[]> {
  const prefix = `authentication.kubernetes.io/${kind}`;
  if (!reference) return {};
  return {
    [`${prefix}-name`]: [reference.name],
    ...(reference.uid ? { [`${prefix}-uid`]: [reference.uid] } : {}),
  };
}
