import type { Pod } from "@vkubelet/core";
import { meetsRequirement } from "./label-requirement.ts";
import {
  type LabelRequirement,
  type NodeForAdmission,
  type NodeSelectorTerm,
  schedulingSpec,
} from "./scheduling-fields.ts";

/**
 * Whether the node is one that the pod's `nodeSelector` and required node affinity allow (pod-semantics Y2;
 * component-helpers scheduling/corev1/nodeaffinity). Terms are alternatives; an empty term, a term that holds something
 * wrong, and an affinity without terms match no node.
 */
export function matchesNodeAffinity(pod: Pod, node: NodeForAdmission): boolean {
  const { nodeSelector = {}, affinity } = schedulingSpec(pod);
  const labels = node.metadata?.labels ?? {};
  const selected = Object.entries(nodeSelector).every(
    ([key, value]) => Object.hasOwn(labels, key) && labels[key] === value,
  );
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!selected || required === undefined || required === null) return selected;
  return (required.nodeSelectorTerms ?? []).some((term) => matchesTerm(term, node) === true);
}

/**
 * How well the node suits the pod's preferred node affinity: the sum of the weights of the terms that match. Undefined
 * where a term with a weight holds something wrong.
 */
export function preferredNodeScore(pod: Pod, node: NodeForAdmission): number | undefined {
  const terms =
    schedulingSpec(pod).affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  let score = 0;
  for (const { weight, preference } of terms) {
    if (weight === 0 || isEmpty(preference)) continue;
    const matches = matchesTerm(preference, node);
    if (matches === undefined) return undefined;
    if (matches) score += weight;
  }
  return score;
}

function matchesTerm(term: NodeSelectorTerm, node: NodeForAdmission): boolean | undefined {
  if (isEmpty(term)) return false;
  const labels = node.metadata?.labels ?? {};
  const name = node.metadata?.name ?? "";
  const answers = [
    ...(term.matchExpressions ?? []).map((requirement) => meetsRequirement(labels, requirement)),
    ...(term.matchFields ?? []).map((requirement) => meetsField(name, requirement)),
  ];
  return answers.includes(undefined) ? undefined : answers.every(Boolean);
}

function meetsField(name: string, { key, operator, values = [] }: LabelRequirement): boolean | undefined {
  if (values.length !== 1 || (operator !== "In" && operator !== "NotIn")) return undefined;
  if (name === "") return true;
  // Any field but the name is empty for every node.
  const equal = (key === "metadata.name" ? name : "") === values[0];
  return operator === "In" ? equal : !equal;
}

function isEmpty(term: NodeSelectorTerm): boolean {
  return (term.matchExpressions ?? []).length === 0 && (term.matchFields ?? []).length === 0;
}
