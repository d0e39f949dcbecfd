import type { Json, KubeObject } from "../api/objects.ts";
import { matchesRequirements, type Requirement } from "../selectors/label-selector.ts";
import { type Amounts, nodeAllocatable } from "./pod-requests.ts";

/** What already runs on a node. */
export interface NodeUsage {
  readonly requests: Amounts;
  readonly pods: number;
}

/** True when a toleration covers a taint. */
export function tolerates(tolerations: readonly Json[] | undefined, taint: Json): boolean {
  return (tolerations ?? []).some((toleration) => {
    if (toleration.effect && toleration.effect !== taint.effect) return false;
    if (toleration.key && toleration.key !== taint.key) return false;
    if (toleration.operator === "Exists") return true;
    return Boolean(toleration.key) && (toleration.value ?? "") === (taint.value ?? "");
  });
}

function matchesTerm(term: Json, node: KubeObject): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  // An empty term matches nothing.
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  const toRequirement = ({ key, operator, values = [] }: Json): Requirement => ({ key, operator, values });
  return (
    matchesRequirements(matchExpressions.map(toRequirement), node.metadata.labels) &&
    matchesRequirements(matchFields.map(toRequirement), { "metadata.name": node.metadata.name })
  );
}

/** `nodeSelector` and the required part of the node affinity. */
export function matchesNodeAffinity(spec: Json, node: KubeObject): boolean {
  const labels = node.metadata.labels ?? {};
  const selected = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!selected) return false;
  return !required || (required.nodeSelectorTerms ?? []).some((term: Json) => matchesTerm(term, node));
}

function isReady(node: KubeObject): boolean {
  return (node.status?.conditions ?? []).some(
    ({ type, status }: Json) => type === "Ready" && status === "True",
  );
}

/** Why a pod does not fit on a node, in the scheduler's words; empty when it fits. */
export function reasonsAgainst(
  pod: KubeObject,
  requests: Amounts,
  node: KubeObject,
  usage: NodeUsage,
): string[] {
  const { spec } = pod;
  const unschedulable = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };
  if (node.spec?.unschedulable && !tolerates(spec.tolerations, unschedulable))
    return ["node(s) were unschedulable"];
  const repelling = (node.spec?.taints ?? []).filter(
    ({ effect }: Json) => effect === "NoSchedule" || effect === "NoExecute",
  );
  if (repelling.some((taint: Json) => !tolerates(spec.tolerations, taint)))
    return ["node(s) had untolerated taint(s)"];
  if (!matchesNodeAffinity(spec, node)) return ["node(s) didn't match Pod's node affinity/selector"];
  // In a real cluster a taint says this; here the taints may be off.
  const notReady = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" };
  if (!isReady(node) && !tolerates(spec.tolerations, notReady)) return ["node(s) were not ready"];
  const allocatable = nodeAllocatable(node);
  const reasons: string[] = [];
  const maximumPods = allocatable.get("pods");
  if (maximumPods !== undefined && BigInt(usage.pods + 1) * 10n ** 9n > maximumPods)
    reasons.push("Too many pods");
  for (const [name, amount] of requests) {
    const free = (allocatable.get(name) ?? 0n) - (usage.requests.get(name) ?? 0n);
    if (amount > 0n && amount > free) reasons.push(`Insufficient ${name}`);
  }
  return reasons;
}
