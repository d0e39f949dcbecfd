import type { Json, KubeObject } from "../api/objects.ts";
import { qosClass } from "../resources/pod-qos.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import { matchesRequirements, type Requirement } from "../selectors/label-selector.ts";

/** One condition of a quota on the objects that it takes in. */
interface ScopeRequirement {
  readonly scopeName: string;
  readonly operator: Requirement["operator"];
  readonly values?: readonly string[];
}

function requirementsOf({ spec }: KubeObject): readonly ScopeRequirement[] {
  const named: string[] = spec?.scopes ?? [];
  return [
    ...named.map((scopeName) => ({ scopeName, operator: "Exists" as const })),
    ...(spec?.scopeSelector?.matchExpressions ?? []),
  ];
}

/** Whether the name of a class is one that a requirement asks for; undefined is no class. */
function matchesClass({ operator, values = [] }: ScopeRequirement, name: string | undefined): boolean {
  return matchesRequirements([{ key: "class", operator, values }], name ? { class: name } : undefined);
}

function isTerminating({ spec }: KubeObject): boolean {
  return spec.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds !== null;
}

/** Whether a pod wants to be near to or far from pods of other namespaces. */
function looksAcrossNamespaces({ spec }: KubeObject): boolean {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const terms: Json[] = [podAffinity, podAntiAffinity].flatMap((affinity) => [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      ({ podAffinityTerm }: Json) => podAffinityTerm,
    ),
  ]);
  return terms.some((term) => (term?.namespaces?.length ?? 0) > 0 || term?.namespaceSelector !== undefined);
}

function podMatches(requirement: ScopeRequirement, pod: KubeObject): boolean {
  switch (requirement.scopeName) {
    case "Terminating":
      return isTerminating(pod);
    case "NotTerminating":
      return !isTerminating(pod);
    case "BestEffort":
      return qosClass(pod.spec) === "BestEffort";
    case "NotBestEffort":
      return qosClass(pod.spec) !== "BestEffort";
    case "PriorityClass":
      return matchesClass(requirement, pod.spec.priorityClassName);
    case "CrossNamespacePodAffinity":
      return looksAcrossNamespaces(pod);
    default:
      return false;
  }
}

/** A claim has the class that it asks for, the one it has, and the one it is on the way to. */
function claimMatches(requirement: ScopeRequirement, { spec, status }: KubeObject): boolean {
  if (requirement.scopeName !== "VolumeAttributesClass") return false;
  const classes: (string | undefined)[] = [
    spec?.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ].filter((name) => name);
  return (classes.length > 0 ? classes : [undefined]).some((name) => matchesClass(requirement, name));
}

/** Whether a quota's scopes take an object in; a quota with scopes is about pods or claims alone. */
export function isInScope(quota: KubeObject, { group, plural }: ResourceType, object: KubeObject): boolean {
  return requirementsOf(quota).every((requirement) => {
    if (group === "" && plural === "pods") return podMatches(requirement, object);
    return group === "" && plural === "persistentvolumeclaims" && claimMatches(requirement, object);
  });
}

/** Whether an update of a pod takes it from one scope to another. */
export function changesScope(before: KubeObject, after: KubeObject): boolean {
  return isTerminating(before) !== isTerminating(after);
}
