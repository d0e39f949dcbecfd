import type { Pod } from "@vkubelet/core";

/** What the API sets where a pod does not say (pkg/apis/core/v1/defaults.go). */
export const defaultGracePeriodSeconds = 30;

/** What may shorten or bind a pod's grace beside the pod itself; seconds. */
export interface GracePeriodLimits {
  /** The grace decided before, when the pod's termination has begun already: it may only shrink. */
  readonly previous?: number;
  /** The host's own wish: 1 for an eviction at once, what a node shutdown leaves. */
  readonly override?: number;
}

/**
 * The grace of a whole pod's termination in seconds, never less than 1 (pod-semantics G1): what the API server decided,
 * shortened by the host's wish, else the pod's `terminationGracePeriodSeconds`, and never more than it was before
 * (pkg/kubelet/pod_workers.go calculateEffectiveGracePeriod).
 */
export function gracePeriodSeconds(pod: Pod, limits: GracePeriodLimits = {}): number {
  let grace = limits.previous ?? 0;
  let decided = false;
  for (const wish of [pod.metadata?.deletionGracePeriodSeconds, limits.override]) {
    if (wish === undefined || (grace !== 0 && wish >= grace)) continue;
    grace = wish;
    decided = true;
  }
  if (!decided && grace === 0) grace = pod.spec?.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds;
  return Math.max(grace, 1);
}
