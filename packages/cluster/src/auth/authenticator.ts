import { createHash } from "node:crypto";
import { apiAudience, type ServiceAccountTokens, type VerifiedToken } from "./service-account-tokens.ts";
import type { User } from "./user.ts";

/** Nobody: what a request without credentials is. */
export const anonymous: User = { name: "system:anonymous", groups: ["system:unauthenticated"] };

function hash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Finds the user behind a bearer token: one of the cluster's users or a service account. */
export class Authenticator {
  readonly #users = new Map<string, User>();
  readonly #serviceAccounts: ServiceAccountTokens;

  constructor(serviceAccounts: ServiceAccountTokens) {
    this.#serviceAccounts = serviceAccounts;
  }

  /** Lets a token stand for a user, who is in `system:authenticated` besides the groups given. */
  addToken(token: string, user: User): void {
    this.#users.set(hash(token), { ...user, groups: [...new Set([...user.groups, "system:authenticated"])] });
  }

  /** The user of a token with its audiences; undefined when the token is unknown. */
  authenticateToken(token: string): VerifiedToken | undefined {
    // Looking the hash up instead of the token keeps comparison times from telling anything about tokens.
    const user = this.#users.get(hash(token));
    return user ? { user, audiences: [apiAudience] } : this.#serviceAccounts.verify(token);
  }

  /** The user of a request by its Authorization header; undefined means 401. */
  authenticate(header: string | undefined): User | undefined {
    if (header === undefined) return anonymous;
    const token = /^Bearer +(\S+)\s*$/i.exec(header)?.[1];
    const verified = token ? this.authenticateToken(token) : undefined;
    return verified?.audiences.includes(apiAudience) ? verified.user : undefined;
  }
}
