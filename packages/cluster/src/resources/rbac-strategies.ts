import { type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import { type FieldError, invalidField, requiredField, unsupportedField } from "../api/status-error.ts";
import { validateLabelSelector } from "./label-selector-validation.ts";
import { nameProblem } from "./metadata-validation.ts";
import type { Strategy } from "./resource-type.ts";

const rbacGroup = "rbac.authorization.k8s.io";

function validateRule(field: string, rule: Json, namespaced: boolean): FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const errors: FieldError[] = [];
  if (verbs.length === 0)
    errors.push(requiredField(`${field}.verbs`, "verbs must contain at least one value"));
  if (nonResourceURLs.length > 0) {
    const urls = (why: string) => errors.push(invalidField(`${field}.nonResourceURLs`, nonResourceURLs, why));
    if (namespaced) urls("namespaced rules cannot apply to non-resource URLs");
    if (apiGroups.length + resources.length + resourceNames.length > 0)
      urls("rules cannot apply to both regular resources and non-resource URLs");
    return errors;
  }
  if (apiGroups.length === 0)
    errors.push(requiredField(`${field}.apiGroups`, "resource rules must supply at least one api group"));
  if (resources.length === 0)
    errors.push(requiredField(`${field}.resources`, "resource rules must supply at least one resource"));
  return errors;
}

function validateRules(role: KubeObject, namespaced: boolean): FieldError[] {
  const rules: Json[] = role["rules"] ?? [];
  return rules.flatMap((rule, index) => validateRule(`rules[${index}]`, rule, namespaced));
}

function validateAggregation({ aggregationRule }: KubeObject): FieldError[] {
  if (!aggregationRule) return [];
  const field = "aggregationRule.clusterRoleSelectors";
  const selectors: Json[] = aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) {
    return [requiredField(field, "at least one clusterRoleSelector required if aggregationRule is non-nil")];
  }
  return selectors.flatMap((selector, index) => {
    const errors = validateLabelSelector(`${field}[${index}]`, selector);
    return errors.length === 0
      ? []
      : [...errors, invalidField(`${field}[${index}]`, null, "invalid label selector.")];
  });
}

function validateReference({ roleRef = {} }: KubeObject, kinds: readonly string[]): FieldError[] {
  const { apiGroup = "", kind = "", name = "" } = roleRef;
  const errors: FieldError[] = [];
  if (apiGroup !== rbacGroup) errors.push(unsupportedField("roleRef.apiGroup", apiGroup, [rbacGroup]));
  if (!kinds.includes(kind)) errors.push(unsupportedField("roleRef.kind", kind, kinds));
  const problem = name === "" ? undefined : nameProblem("path", name);
  if (name === "") errors.push(requiredField("roleRef.name"));
  else if (problem) errors.push(invalidField("roleRef.name", name, problem));
  return errors;
}

function validateSubject(field: string, subject: Json, namespaced: boolean): FieldError[] {
  const { kind = "", name = "", apiGroup = "", namespace = "" } = subject;
  const errors: FieldError[] = [];
  if (name === "") errors.push(requiredField(`${field}.name`));
  if (kind === "ServiceAccount") {
    const problem = name === "" ? undefined : nameProblem("subdomain", name);
    if (problem) errors.push(invalidField(`${field}.name`, name, problem));
    if (apiGroup !== "") errors.push(unsupportedField(`${field}.apiGroup`, apiGroup, [""]));
    if (!namespaced && namespace === "") errors.push(requiredField(`${field}.namespace`));
  } else if (kind === "User" || kind === "Group") {
    if (apiGroup !== rbacGroup) errors.push(unsupportedField(`${field}.apiGroup`, apiGroup, [rbacGroup]));
  } else {
    errors.push(unsupportedField(`${field}.kind`, kind, ["ServiceAccount", "User", "Group"]));
  }
  return errors;
}

function bindingStrategy(kinds: readonly string[], namespaced: boolean): Strategy {
  return {
    nameRule: "path",
    defaults(binding) {
      if (binding["roleRef"] && !binding["roleRef"].apiGroup) binding["roleRef"].apiGroup = rbacGroup;
      for (const subject of binding["subjects"] ?? [])
        if (!subject.apiGroup && (subject.kind === "User" || subject.kind === "Group"))
          subject.apiGroup = rbacGroup;
    },
    validate: (binding) => [
      ...validateReference(binding, kinds),
      ...(binding["subjects"] ?? []).flatMap((subject: Json, index: number) =>
        validateSubject(`subjects[${index}]`, subject, namespaced),
      ),
    ],
    validateUpdate({ roleRef }, old) {
      if (jsonEqual(roleRef, old["roleRef"])) return [];
      const { apiGroup: APIGroup = "", kind: Kind = "", name: Name = "" } = roleRef ?? {};
      return [invalidField("roleRef", { APIGroup, Kind, Name }, "cannot change roleRef")];
    },
  };
}

export const roleStrategy: Strategy = {
  nameRule: "path",
  validate: (role) => validateRules(role, true),
};

export const clusterRoleStrategy: Strategy = {
  nameRule: "path",
  validate: (role) => [...validateRules(role, false), ...validateAggregation(role)],
};

export const roleBindingStrategy: Strategy = bindingStrategy(["Role", "ClusterRole"], true);

export const clusterRoleBindingStrategy: Strategy = bindingStrategy(["ClusterRole"], false);
