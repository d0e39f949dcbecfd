import type { Json, KubeObject } from "../api/objects.ts";
import type { Registry } from "../registry/registry.ts";
import { type PolicyRule, rulesIn } from "./policy-rule.ts";
import type { User } from "./user.ts";

export const rbacGroup = "rbac.authorization.k8s.io";

/** A rule that a user has, and which binding gives it. */
export interface Grant {
  readonly rule: PolicyRule;
  /** Says by which binding, in the API server's words. */
  source(): string;
}

/**
 * The rules of the role that a binding refers to; undefined when there is no such role.
 * @param namespace of the binding; undefined for a ClusterRoleBinding
 */
export function rulesOfReference(
  { store, types }: Registry,
  reference: Json,
  namespace: string | undefined,
): readonly PolicyRule[] | undefined {
  const isClusterRole = reference?.kind === "ClusterRole";
  const type = types.require(rbacGroup, isClusterRole ? "clusterroles" : "roles");
  const role = store.get(type, isClusterRole ? undefined : namespace, reference?.name ?? "");
  return role && rulesIn(role);
}

/** Everything that bindings let a user do, cluster-wide and in the namespace. */
export function* grantsOf(
  registry: Registry,
  user: User,
  namespace: string | undefined,
): Generator<Grant, void, undefined> {
  const { store, types } = registry;
  const clusterBindings = store.list(types.require(rbacGroup, "clusterrolebindings"));
  const bindings = namespace ? store.list(types.require(rbacGroup, "rolebindings"), namespace) : [];
  for (const binding of [...clusterBindings, ...bindings]) {
    const subject = (binding["subjects"] ?? []).find((candidate: Json) =>
      isSubject(candidate, user, binding),
    );
    if (!subject) continue;
    const source = () => bindingText(binding, subject);
    // A binding to a role that is not there gives nothing.
    const rules = rulesOfReference(registry, binding["roleRef"], binding.metadata.namespace) ?? [];
    for (const rule of rules) yield { rule, source };
  }
}

function isSubject({ kind, name, namespace }: Json, user: User, { metadata }: KubeObject): boolean {
  switch (kind) {
    case "User":
      return name === user.name;
    case "Group":
      return user.groups.includes(name);
    case "ServiceAccount":
      return user.name === `system:serviceaccount:${namespace ?? metadata.namespace}:${name}`;
    default:
      return false;
  }
}

function bindingText({ kind, metadata, roleRef }: KubeObject, subject: Json): string {
  const { name, namespace } = metadata;
  const whose = subject.namespace ?? namespace ?? "";
  const who = subject.kind === "ServiceAccount" ? `${subject.name}/${whose}` : subject.name;
  const binding = namespace ? `${name}/${namespace}` : name;
  const role = `${roleRef?.kind} ${JSON.stringify(roleRef?.name)}`;
  return `${kind} ${JSON.stringify(binding)} of ${role} to ${subject.kind} ${JSON.stringify(who)}`;
}
