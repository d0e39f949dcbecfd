import type { ContainerRef, PodRef } from "@vkubelet/core";
import { isTerminalPhase } from "@vkubelet/pod";
import type { Refusal } from "../http-answer.ts";
import type { KubeletServerHost, SessionMethod } from "../kubelet-server-host.ts";
import type { ContainerTarget, PodTarget } from "../targets.ts";

/** What a request means, or why it cannot be had, in the kubelet's words: kubectl shows them. */
export type Found<Ref> = { readonly ref: Ref } | { readonly refusal: Refusal };

/** The pod that a request means, among those of this node, where the provider has the method. */
export function findPod(host: KubeletServerHost, target: PodTarget, method: SessionMethod): Found<PodRef> {
  const pod = host.pod(target.namespace, target.pod);
  const uid = pod?.metadata?.uid ?? "";
  if (pod === undefined || (target.uid !== undefined && target.uid !== uid)) {
    return { refusal: { status: 404, text: "pod does not exist" } };
  }
  const lacking = host.lacks(method);
  if (lacking !== undefined) return { refusal: { status: 501, text: lacking } };
  return { ref: { namespace: target.namespace, name: target.pod, uid } };
}

/** The same for a container. It must be one of the pod's, and the pod must not be over. */
export function findContainer(
  host: KubeletServerHost,
  target: ContainerTarget,
  method: SessionMethod,
): Found<ContainerRef> {
  const found = findPod(host, target, method);
  if ("refusal" in found) return found;
  const { container } = target;
  const { spec, status } = host.pod(target.namespace, target.pod) ?? {};
  const containers = [
    ...(spec?.containers ?? []),
    ...(spec?.initContainers ?? []),
    ...(spec?.ephemeralContainers ?? []),
  ];
  if (!containers.some(({ name }) => name === container)) {
    return { refusal: { status: 404, text: `container not found (${JSON.stringify(container)})` } };
  }
  const phase = status?.phase;
  if (isTerminalPhase(phase)) {
    const text = `cannot reach container ${JSON.stringify(container)}: the pod has ended (phase ${phase})`;
    return { refusal: { status: 400, text } };
  }
  return { ref: { ...found.ref, container } };
}
