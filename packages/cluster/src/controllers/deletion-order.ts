import type { Json, KubeObject } from "../api/objects.ts";
import { isReadyPod } from "./pod-facts.ts";

const phases = ["Pending", "Unknown", "Running"];

function readySince(pod: KubeObject): string {
  const ready = (pod.status?.conditions ?? []).find((entry: Json) => entry.type === "Ready");
  return isReadyPod(pod) ? (ready.lastTransitionTime ?? "") : "";
}

function deletionCost(pod: KubeObject): number {
  return (
    Number.parseInt(pod.metadata.annotations?.["controller.kubernetes.io/pod-deletion-cost"] ?? "0", 10) || 0
  );
}

function mostRestarts(pod: KubeObject): number {
  return Math.max(
    0,
    ...(pod.status?.containerStatuses ?? []).map((status: Json) => status.restartCount ?? 0),
  );
}

/** The younger first: an absent time counts as the youngest of all. */
function younger(left: string | undefined, right: string | undefined): number {
  if (left === right) return 0;
  if (!left) return -1;
  if (!right) return 1;
  return left > right ? -1 : 1;
}

/** How many ready pods of the same set run on the node of each pod. */
function neighbours(pods: readonly KubeObject[]): (pod: KubeObject) => number {
  const counts = new Map<string, number>();
  for (const { spec } of pods.filter(isReadyPod))
    counts.set(spec.nodeName, (counts.get(spec.nodeName) ?? 0) + 1);
  return (pod) => counts.get(pod.spec.nodeName) ?? 0;
}

/**
 * Pods in the order in which a set gives them up, those that cost least first: not bound, pending, not ready, of low
 * deletion cost, beside others of the set, ready for the shortest time, restarted often, young.
 * @param related the ready pods of these count as neighbours; a Job looks at none
 */
export function inDeletionOrder(
  pods: readonly KubeObject[],
  related: readonly KubeObject[] = [],
): KubeObject[] {
  const crowd = neighbours(related);
  return [...pods].sort(
    (left, right) =>
      Number(Boolean(left.spec.nodeName)) - Number(Boolean(right.spec.nodeName)) ||
      phases.indexOf(left.status?.phase) - phases.indexOf(right.status?.phase) ||
      Number(isReadyPod(left)) - Number(isReadyPod(right)) ||
      deletionCost(left) - deletionCost(right) ||
      crowd(right) - crowd(left) ||
      younger(readySince(left), readySince(right)) ||
      mostRestarts(right) - mostRestarts(left) ||
      younger(left.metadata.creationTimestamp, right.metadata.creationTimestamp),
  );
}
