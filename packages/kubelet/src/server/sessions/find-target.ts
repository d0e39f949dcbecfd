import type { ContainerRef, Pod, PodRef } from "@vkubelet/core";
import { isTerminalPhase } from "@vkubelet/pod";
import type { ContainerTarget, PodTarget } from "../targets.ts";

/** Why something cannot be reached, in the kubelet's words: kubectl shows them. */
export interface TargetRefusal {
  readonly refusal: { readonly status: number; readonly text: string };
}

/** The pod that a request means, among those of this node. */
export function findPod(pod: Pod | undefined, target: PodTarget): { readonly ref: PodRef } | TargetRefusal {
  const uid = pod?.metadata?.uid ?? "";
  if (pod === undefined || (target.uid !== undefined && target.uid !== uid)) {
    return { refusal: { status: 404, text: "pod does not exist" } };
  }
  return { ref: { namespace: target.namespace, name: target.pod, uid } };
}

/** The container that a request for a session means. It must be one of the pod's, and the pod must not be over. */
export function findContainer(
  pod: Pod | undefined,
  target: ContainerTarget,
): { readonly ref: ContainerRef } | TargetRefusal {
  const found = findPod(pod, target);
  if ("refusal" in found) return found;
  const { container } = target;
  const containers = [
    ...(pod?.spec?.containers ?? []),
    ...(pod?.spec?.initContainers ?? []),
    ...(pod?.spec?.ephemeralContainers ?? []),
  ];
  if (!containers.some(({ name }) => name === container)) {
    return { refusal: { status: 404, text: `container not found (${JSON.stringify(container)})` } };
  }
  const phase = pod?.status?.phase;
  if (isTerminalPhase(phase)) {
    const text = `cannot reach container ${JSON.stringify(container)}: the pod has ended (phase ${phase})`;
    return { refusal: { status: 400, text } };
  }
  return { ref: { ...found.ref, container } };
}
