import type { ResolvedContainer, ResolvedPod } from "@vkubelet/core";
import { bytesOf, effectiveResources, evictionVerdict, type Overuse } from "@vkubelet/pod";
import type { PlannedLimit } from "./process-plan.ts";

const resource = "ephemeral-storage";

/** What is said when the pod is evicted for a limit; nothing for a critical pod, which never is. */
export function storageLimit({ pod }: ResolvedPod, bytes: bigint, overuse: Overuse): PlannedLimit {
  const verdict = evictionVerdict(pod, overuse);
  return { bytes: Number(bytes), ...(verdict === undefined ? {} : { eviction: verdict.failure.message }) };
}

/** The limit of a main container's own storage; the kubelet has none for the others. */
export function planContainerStorage(
  pod: ResolvedPod,
  { name, kind, resources }: ResolvedContainer,
): { readonly storage?: PlannedLimit } {
  const limit = resources.limits[resource];
  const bytes = bytesOf(resources.limits, resource);
  if (kind !== "main" || limit === undefined || bytes === 0n) return {};
  return { storage: storageLimit(pod, bytes, { type: "containerStorage", container: name, limit }) };
}

/** The limits of the pod's containers together, as many of them as have one. */
export function planPodStorage(pod: ResolvedPod): { readonly storage?: PlannedLimit } {
  const { spec } = pod.pod;
  const limit = spec && effectiveResources(spec).limits.get(resource);
  if (!limit?.isPositive()) return {};
  const overuse = { type: "podStorage", limit: limit.toString() } as const;
  return { storage: storageLimit(pod, limit.ceilToInteger(), overuse) };
}
