import type { Pod } from "@vkubelet/core";
import { matchesSelector } from "./label-requirement.ts";
import {
  type NodeForAdmission,
  type PodAffinityTerm,
  schedulingSpec,
  type TopologySpreadConstraint,
} from "./scheduling-fields.ts";

/**
 * What one node alone can say of a wish about other pods. `unknown`: it depends on pods, nodes or namespaces elsewhere.
 * `reason` is the scheduler's.
 */
export type TopologyFit =
  | { readonly verdict: "fits" }
  | { readonly verdict: "unknown" }
  | { readonly verdict: "unfit"; readonly reason: string };

type Answer = boolean | undefined;

const hostname = "kubernetes.io/hostname";
const affinityReason = "node(s) didn't match pod affinity rules";
const antiAffinityReason = "node(s) didn't match pod anti-affinity rules";
const existingReason = "node(s) didn't satisfy existing pods anti-affinity rules";
const spreadReason = "node(s) didn't match pod topology spread constraints";

/**
 * Whether the required pod affinity, pod anti-affinity and topology spread of a pod, and the anti-affinity of the pods
 * there, can hold on the node (scheduler plugins/interpodaffinity and podtopologyspread), as far as its topology labels
 * and its own pods tell. The kubelet does not ask this at admission: pods that it is bound to run run.
 */
export function topologyFit(pod: Pod, node: NodeForAdmission, otherPods: readonly Pod[]): TopologyFit {
  const { affinity, topologySpreadConstraints = [] } = schedulingSpec(pod);
  const near = affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const far = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const answers: readonly { readonly answer: Answer; readonly reason: string }[] = [
    ...topologySpreadConstraints
      .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule")
      .map((constraint) => spreadAnswer(constraint, pod, node, otherPods)),
    { answer: affinityAnswer(near, pod, node, otherPods), reason: affinityReason },
    ...far.map((term) => ({ answer: farAnswer(term, pod, node, otherPods), reason: antiAffinityReason })),
    ...otherPods.map((other) => ({ answer: toleratedBy(other, pod, node), reason: existingReason })),
  ];
  const unfit = answers.find(({ answer }) => answer === false);
  if (unfit !== undefined) return { verdict: "unfit", reason: unfit.reason };
  return { verdict: answers.some(({ answer }) => answer === undefined) ? "unknown" : "fits" };
}

/** Every term's label must be there; a pod must match all terms, or be alone in the cluster and match them itself. */
function affinityAnswer(
  terms: readonly PodAffinityTerm[],
  pod: Pod,
  node: NodeForAdmission,
  otherPods: readonly Pod[],
): Answer {
  if (terms.length === 0) return true;
  if (terms.some(({ topologyKey }) => labelOf(node, topologyKey) === undefined)) return false;
  const found = otherPods.some((other) => terms.every((term) => selects(term, pod, other) === true));
  if (found) return true;
  // Whether such a pod runs elsewhere in the topology is not known here, unless the topology is this node alone.
  const alone = terms.every(({ topologyKey }) => topologyKey === hostname);
  const own = terms.every((term) => selects(term, pod, pod) !== false);
  const undecided = otherPods.some((other) => terms.every((term) => selects(term, pod, other) !== false));
  return alone && !own && !undecided ? false : undefined;
}

function farAnswer(
  term: PodAffinityTerm,
  pod: Pod,
  node: NodeForAdmission,
  otherPods: readonly Pod[],
): Answer {
  if (labelOf(node, term.topologyKey) === undefined) return true;
  const matches = otherPods.map((other) => selects(term, pod, other));
  if (matches.includes(true)) return false;
  return term.topologyKey === hostname && !matches.includes(undefined) ? true : undefined;
}

function toleratedBy(other: Pod, pod: Pod, node: NodeForAdmission): Answer {
  const terms =
    schedulingSpec(other).affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const matches = terms
    .filter(({ topologyKey }) => labelOf(node, topologyKey) !== undefined)
    .map((term) => selects(term, other, pod));
  if (matches.includes(true)) return false;
  return matches.includes(undefined) ? undefined : true;
}

/** The least count of the other domains is not known, only that it is at least 0. */
function spreadAnswer(
  constraint: TopologySpreadConstraint,
  pod: Pod,
  node: NodeForAdmission,
  otherPods: readonly Pod[],
): { readonly answer: Answer; readonly reason: string } {
  const { topologyKey, labelSelector, maxSkew } = constraint;
  if (labelOf(node, topologyKey) === undefined) {
    return { answer: false, reason: `${spreadReason} (missing required label)` };
  }
  const matches = (candidate: Pod) => matchesSelector(candidate.metadata?.labels ?? {}, labelSelector);
  const here = otherPods.filter(
    (other) =>
      other.metadata?.deletionTimestamp === undefined &&
      other.metadata?.namespace === pod.metadata?.namespace &&
      matches(other),
  ).length;
  const skew = here + (matches(pod) ? 1 : 0);
  const enough = topologyKey === hostname && skew <= maxSkew;
  return { answer: enough ? true : undefined, reason: spreadReason };
}

/** Whether a term of `owner` means `candidate`; undefined where labels of namespaces decide. */
function selects(term: PodAffinityTerm, owner: Pod, candidate: Pod): Answer {
  if (!matchesSelector(candidate.metadata?.labels ?? {}, term.labelSelector)) return false;
  const { namespaces = [], namespaceSelector } = term;
  const namespace = candidate.metadata?.namespace ?? "";
  if (namespaces.includes(namespace)) return true;
  if (namespaceSelector === undefined || namespaceSelector === null) {
    return namespaces.length === 0 && namespace === (owner.metadata?.namespace ?? "");
  }
  const { matchLabels = {}, matchExpressions = [] } = namespaceSelector;
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0 ? true : undefined;
}

function labelOf(node: NodeForAdmission, key: string): string | undefined {
  const labels = node.metadata?.labels ?? {};
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
