/**
 * How a backend treats one field of a pod.
 * `exact`: does what Kubernetes does. `approx`: does something close, and says what. `core`: handled by the host, not by
 * the backend. `ignore`: input of the scheduler or the API server. `reject`: cannot be honoured; the pod is refused.
 */
export type Disposition = "exact" | "approx" | "core" | "ignore" | "reject";

export interface ReportEntry {
  /** As users write it: `spec.containers[0].livenessProbe`. */
  readonly path: string;
  readonly disposition: Disposition;
  /** Why, and for `reject` what to do instead. Empty for `exact`. */
  readonly reason: string;
}

/** Accounts for the fields present in a pod, in the order of the pod's own JSON. */
export interface TranslationReport {
  readonly entries: readonly ReportEntry[];
}
