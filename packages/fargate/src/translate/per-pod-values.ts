import type { NameValue } from "@vkubelet/aws";
import type { ResolvedPod } from "@vkubelet/core";

/**
 * Whether a text is of one pod and not of its siblings: it holds the pod's name or UID. Such values go into overrides,
 * so that all pods of one Deployment share one definition; registering is limited to one a second.
 */
export function isPerPod(pod: ResolvedPod, text: string): boolean {
  return text.includes(pod.ref.name) || text.includes(pod.ref.uid);
}

/** Splits an environment into what siblings share and what is this pod's own. */
export function splitEnvironment(
  pod: ResolvedPod,
  environment: readonly NameValue[],
): { readonly shared: readonly NameValue[]; readonly own: readonly NameValue[] } {
  return {
    shared: environment.filter(({ value }) => !isPerPod(pod, value)),
    own: environment.filter(({ value }) => isPerPod(pod, value)),
  };
}
