import type { Pod } from "@vkubelet/core";
import { hostPortsConflict } from "../network/host-ports.ts";
import { matchesNodeAffinity } from "./node-affinity.ts";
import { type InsufficientResource, insufficientResources } from "./node-resources.ts";
import { isCriticalPod, isStaticPod } from "./pod-source.ts";
import { type NodeForAdmission, schedulingSpec } from "./scheduling-fields.ts";
import { untoleratedTaint } from "./tolerations.ts";

/** Whether a node takes a pod; `reason` and `message` are those of the pod's status when it does not. */
export type AdmissionResult =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly reason: string; readonly message: string };

const osLabel = "kubernetes.io/os";

/**
 * Whether the node takes the pod on first sight (pod-semantics Y2), in the kubelet's words and order
 * (pkg/kubelet/lifecycle/predicate.go): operating system, supplemental groups, resources beside `otherPods`, node
 * selector and affinity, node name, host ports, `NoExecute` taints. A refusal is final for the pod. `otherPods`: all
 * other pods of the node that are not over.
 *
 * No pod is displaced for a critical one: that is refused for want of resources like any other, but only after every
 * other reason. A quantity that cannot be read refuses the pod with `UnexpectedAdmissionError`. What only the scheduler
 * asks (`NoSchedule` taints, other pods' topology) does not count here; see {@link topologyFit}.
 */
export function admitPod(pod: Pod, node: NodeForAdmission, otherPods: readonly Pod[]): AdmissionResult {
  const system = systemRefusal(pod, node);
  if (system !== undefined) return system;
  let resources: readonly InsufficientResource[];
  try {
    resources = insufficientResources(pod, node, otherPods);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return refused(
      "UnexpectedAdmissionError",
      `Update plugin resources failed due to ${cause}, which is unexpected.`,
    );
  }
  const first = resources.slice(0, 1).map(resourceRefusal);
  const others = predicateRefusals(pod, node, otherPods);
  const refusals = isCriticalPod(pod) ? [...others, ...first] : [...first, ...others];
  return refusals[0] ?? { admitted: true };
}

function systemRefusal(pod: Pod, node: NodeForAdmission): AdmissionResult | undefined {
  const system = node.metadata?.labels?.[osLabel] ?? "linux";
  const wanted = pod.metadata?.labels?.[osLabel];
  if (wanted !== undefined && wanted !== system) {
    return refused(
      "PodOSSelectorNodeLabelDoesNotMatch",
      "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
    );
  }
  const { os, securityContext } = schedulingSpec(pod);
  if (os && os.name !== system) {
    return refused("PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS");
  }
  const strict = securityContext?.["supplementalGroupsPolicy"] === "Strict";
  if (strict && node.status?.features?.supplementalGroupsPolicy !== true) {
    return refused(
      "SupplementalGroupsPolicyNotSupported",
      "SupplementalGroupsPolicy=Strict is not supported in this node",
    );
  }
  return undefined;
}

function predicateRefusals(
  pod: Pod,
  node: NodeForAdmission,
  otherPods: readonly Pod[],
): readonly AdmissionResult[] {
  const { nodeName = "", tolerations = [] } = schedulingSpec(pod);
  const refusals: AdmissionResult[] = [];
  const refuse = (name: string, why: string) =>
    refusals.push(refused(name, `Predicate ${name} failed: ${why}`));
  if (!matchesNodeAffinity(pod, node)) {
    refuse("NodeAffinity", "node(s) didn't match Pod's node affinity/selector");
  }
  if (nodeName !== "" && nodeName !== node.metadata?.name) {
    refuse("NodeName", "node(s) didn't match the requested node name");
  }
  if (hostPortsConflict(pod, otherPods)) {
    refuse("NodePorts", "node(s) didn't have free ports for the requested pod ports");
  }
  const taints = node.spec?.taints ?? [];
  if (!isStaticPod(pod) && untoleratedTaint(taints, tolerations, ["NoExecute"]) !== undefined) {
    refuse("TaintToleration", "node(s) had taints that the pod didn't tolerate");
  }
  return refusals;
}

function resourceRefusal({ resource, requested, used, capacity }: InsufficientResource): AdmissionResult {
  const message =
    `Node didn't have enough resource: ${resource}, requested: ${requested}, ` +
    `used: ${used}, capacity: ${capacity}`;
  return refused(`OutOf${resource}`, message);
}

function refused(reason: string, message: string): AdmissionResult {
  return { admitted: false, reason, message };
}
