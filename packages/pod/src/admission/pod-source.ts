import type { Pod, PodSpec } from "@vkubelet/core";

const sourceAnnotation = "kubernetes.io/config.source";
const mirrorAnnotation = "kubernetes.io/config.mirror";

/** The priority from which on a pod is critical to the system (pkg/apis/scheduling/types.go). */
export const systemCriticalPriority = 2_000_000_000;

/** The priorities of the classes that every cluster has. */
const systemClasses: Readonly<Record<string, number>> = {
  "system-cluster-critical": systemCriticalPriority,
  "system-node-critical": systemCriticalPriority + 1_000,
};

/**
 * Where a pod came from: the annotation `kubernetes.io/config.source` (pod-semantics U1), which a kubelet sets on what
 * it reads from a `file` or over `http`; a pod of the API server carries none or `api`.
 */
export function isStaticPod(pod: Pod): boolean {
  const source = pod.metadata?.annotations?.[sourceAnnotation];
  return source !== undefined && source !== "api";
}

/**
 * Whether the pod is only the API server's picture of a static pod of some kubelet (pod-semantics U1). Such a pod is
 * never run, updated or gracefully deleted from the API server's copy.
 */
export function isMirrorPod(pod: Pod): boolean {
  return pod.metadata?.annotations?.[mirrorAnnotation] !== undefined;
}

/**
 * The pod's priority: what admission has resolved, else that of a `system-` class by its name, else 0. Other classes
 * are the cluster's; their priority is known only where admission has resolved it.
 */
export function podPriority(pod: Pod): number {
  const { priority, priorityClassName } = prioritySpec(pod);
  return priority ?? systemClasses[priorityClassName ?? ""] ?? 0;
}

/**
 * Whether the kubelet takes the pod for critical (pkg/kubelet/types/pod_update.go IsCriticalPod): static and mirror
 * pods, and those whose resolved priority is at least {@link systemCriticalPriority}. A class name alone does not count.
 */
export function isCriticalPod(pod: Pod): boolean {
  const { priority } = prioritySpec(pod);
  return (
    isStaticPod(pod) || isMirrorPod(pod) || (priority !== undefined && priority >= systemCriticalPriority)
  );
}

/** Whether the first pod may displace the second on a node (pkg/kubelet/types/pod_update.go Preemptable). */
export function mayPreempt(pod: Pod, other: Pod): boolean {
  if (isCriticalPod(pod) && !isCriticalPod(other)) return true;
  const { priority } = prioritySpec(pod);
  const { priority: otherPriority } = prioritySpec(other);
  return priority !== undefined && otherPriority !== undefined && priority > otherPriority;
}

interface PrioritySpec extends PodSpec {
  readonly priority?: number;
  readonly priorityClassName?: string;
}

function prioritySpec(pod: Pod): PrioritySpec {
  return pod.spec ?? { containers: [] };
}
