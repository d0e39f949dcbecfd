import type { Json, KubeObject } from "../api/objects.ts";
import { type FieldError, invalidField, requiredField } from "../api/status-error.ts";
import { validateKey } from "./metadata-validation.ts";
import { parseQuantity } from "./quantity.ts";
import type { Strategy } from "./resource-type.ts";

const objectCounts = new Set([
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "services.nodeports",
  "services.loadbalancers",
]);

const podCompute = new Set([
  "cpu",
  "memory",
  "limits.cpu",
  "limits.memory",
  "requests.cpu",
  "requests.memory",
]);

const otherAmounts = new Set([
  "ephemeral-storage",
  "requests.ephemeral-storage",
  "limits.ephemeral-storage",
  "requests.storage",
]);

const podScopes = new Set([
  "Terminating",
  "NotTerminating",
  "NotBestEffort",
  "PriorityClass",
  "CrossNamespacePodAffinity",
]);

const existenceScopes = new Set([
  "Terminating",
  "NotTerminating",
  "BestEffort",
  "NotBestEffort",
  "CrossNamespacePodAffinity",
]);

const contraries = [
  ["BestEffort", "NotBestEffort"],
  ["Terminating", "NotTerminating"],
] as const;

function isStandard(name: string): boolean {
  const isKnown = objectCounts.has(name) || podCompute.has(name) || otherAmounts.has(name);
  return isKnown || /^(requests\.)?hugepages-/.test(name);
}

function isScope(name: string): boolean {
  return podScopes.has(name) || name === "BestEffort" || name === "VolumeAttributesClass";
}

/** Whether a scope makes sense for a resource that every cluster knows. */
function isScopeOf(scope: string, resource: string): boolean {
  if (podScopes.has(scope)) return resource === "pods" || podCompute.has(resource);
  if (scope === "BestEffort") return resource === "pods";
  if (scope !== "VolumeAttributesClass") return true;
  return resource === "persistentvolumeclaims" || resource === "requests.storage";
}

function validateName(field: string, name: string): FieldError[] {
  const errors = validateKey(field, name);
  if (errors.length > 0) return errors;
  if (name.includes("/") || isStandard(name)) return [];
  const known = name === "storage";
  return [
    ...(known ? [] : [invalidField(field, name, "must be a standard resource type or fully qualified")]),
    invalidField(field, name, "must be a standard resource for quota"),
  ];
}

function isCountOnly(name: string): boolean {
  const isExtended = name.includes("/") && !name.includes("kubernetes.io/") && !name.startsWith("requests.");
  return objectCounts.has(name) || isExtended;
}

function validateAmount(field: string, name: string, value: Json): FieldError[] {
  const amount = parseQuantity(value) ?? 0n;
  const errors: FieldError[] = [];
  if (amount < 0n) errors.push(invalidField(field, String(value), "must be greater than or equal to 0"));
  if (isCountOnly(name) && amount % 10n ** 9n !== 0n)
    errors.push(invalidField(field, String(value), "must be an integer"));
  return errors;
}

function validateHard(hard: Json): FieldError[] {
  return Object.entries<Json>(hard ?? {}).flatMap(([name, value]) => {
    const field = `spec.hard[${name}]`;
    return [...validateName(field, name), ...validateAmount(field, name, value)];
  });
}

function hasContraries(scopes: readonly string[]): number {
  return contraries.filter((pair) => pair.every((scope) => scopes.includes(scope))).length;
}

/** The limits of a quota that scopes are held against, those of every cluster, sorted. */
function standardLimits({ spec }: KubeObject): string[] {
  return Object.keys(spec?.hard ?? {})
    .filter(isStandard)
    .sort();
}

function validateScopes(quota: KubeObject): FieldError[] {
  const scopes: string[] = quota.spec?.scopes ?? [];
  const wrong = (why: string) => invalidField("spec.scopes", scopes, why);
  const errors = scopes.flatMap((scope) => [
    ...(isScope(scope) ? [] : [wrong("unsupported scope")]),
    ...standardLimits(quota)
      .filter((name) => !isScopeOf(scope, name))
      .map(() => wrong("unsupported scope applied to resource")),
  ]);
  return [...errors, ...Array.from({ length: hasContraries(scopes) }, () => wrong("conflicting scopes"))];
}

function validateOperator(field: string, { scopeName, operator = "", values = [] }: Json): FieldError[] {
  const errors: FieldError[] = [];
  if (existenceScopes.has(scopeName) && operator !== "Exists") {
    const why =
      "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
    errors.push(invalidField(`${field}.operator`, operator, why));
  }
  if (operator === "In" || operator === "NotIn") {
    const why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    if (values.length === 0) errors.push(requiredField(`${field}.values`, why));
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    const why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
    if (values.length > 0) errors.push(invalidField(`${field}.values`, values, why));
  } else {
    errors.push(invalidField(`${field}.operator`, operator, "not a valid selector operator"));
  }
  return errors;
}

/** A selector as the API server's messages write it. */
function selectorText(requirements: readonly Json[]): Json {
  const MatchExpressions = requirements.map(({ scopeName = "", operator = "", values }) => ({
    ScopeName: scopeName,
    Operator: operator,
    Values: values?.length ? values : null,
  }));
  return { MatchExpressions };
}

function validateScopeSelector(quota: KubeObject): FieldError[] {
  const field = "spec.scopeSelector.matchExpressions";
  const requirements: Json[] = quota.spec?.scopeSelector?.matchExpressions ?? [];
  const errors = requirements.flatMap((requirement) => {
    const scopeName = requirement.scopeName ?? "";
    const unfit = standardLimits(quota).filter((name) => !isScopeOf(scopeName, name));
    const text = selectorText(requirements);
    return [
      ...(isScope(scopeName) ? [] : [invalidField(`${field}.scopeName`, scopeName, "unsupported scope")]),
      ...unfit.map(() => invalidField(field, text, "unsupported scope applied to resource")),
      ...validateOperator(field, requirement),
    ];
  });
  const scopes = quota.spec?.scopes?.length ? quota.spec.scopes : null;
  const count = hasContraries(requirements.map(({ scopeName }) => scopeName));
  const conflicts = Array.from({ length: count }, () => invalidField(field, scopes, "conflicting scopes"));
  return [...errors, ...conflicts];
}

function scopesText(quota: KubeObject): string {
  return [...new Set<string>(quota.spec?.scopes ?? [])].sort().join(",");
}

export const resourceQuotaStrategy: Strategy = {
  returnsDeleted: true,
  validatesEnums: true,
  validate: (quota) => [
    ...validateHard(quota.spec?.hard),
    ...validateScopes(quota),
    ...validateScopeSelector(quota),
  ],
  validateUpdate(quota, old) {
    if (scopesText(quota) === scopesText(old)) return [];
    const scopes = quota.spec?.scopes?.length ? quota.spec.scopes : null;
    return [invalidField("spec.scopes", scopes, "field is immutable")];
  },
};
