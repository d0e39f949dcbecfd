import type { TranslationReport } from "@vkubelet/core";

/** What a pod becomes at a backend, and an account of every field of it. */
export interface Translation<Requests> {
  /** Absent exactly when the report rejects something. */
  readonly requests?: Requests;
  readonly report: TranslationReport;
}

/** One call of a backend's API, ready to be sent. */
export interface BackendRequest {
  /** The SDK's command (`RunTask`) or the HTTP method and route (`PUT /v1/jobs`). */
  readonly operation: string;
  /** Exactly what that call takes. */
  readonly input: unknown;
}
