import { jsonEqual, type KubeObject } from "../api/objects.ts";
import { forbidden, notFound, StatusError } from "../api/status-error.ts";
import { listText, type PolicyRule, ruleAllows, rulesIn, rulesText, uncovered } from "../auth/policy-rule.ts";
import { grantsOf, rbacGroup, rulesOfReference } from "../auth/role-grants.ts";
import { isPrivileged, type User } from "../auth/user.ts";
import type { Registry } from "../registry/registry.ts";
import type { ResourceType } from "../resources/resource-type.ts";

const everything: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

/** A write of a role or a binding. */
export interface GrantWrite {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly object: KubeObject;
  /** What is there before an update. */
  readonly old?: KubeObject;
}

/**
 * Nobody grants what he has not: a role holds nothing that its writer lacks unless he may `escalate`, a binding gives
 * nothing that he lacks unless he may `bind` that role.
 * @throws StatusError 403, 404 (a binding to a role that is not there)
 */
export function checkGrant(registry: Registry, user: User, write: GrantWrite): void {
  const { type, object, old } = write;
  if (type.group !== rbacGroup || isPrivileged(user)) return;
  const owned = [...grantsOf(registry, user, write.namespace)].map(({ rule }) => rule);
  if (type.plural === "roles" || type.plural === "clusterroles") {
    const attributes = {
      verb: "escalate",
      group: rbacGroup,
      resource: type.plural,
      name: old?.metadata.name ?? "",
    };
    if (owned.some((rule) => ruleAllows(rule, attributes)) || isUpkeep(write)) return;
    confirm(user, owned, rulesIn(object), write);
    if (!aggregates(object) && !aggregates(old)) return;
    if (uncovered(owned, everything).length === 0) return;
    const why = "must have cluster-admin privileges to use the aggregationRule";
    throw forbidden(type, object.metadata?.name ?? "", why);
  }
  if (isUpkeep(write) || mayBind(owned, object)) return;
  confirm(user, owned, rulesBoundBy(registry, write), write);
}

function mayBind(owned: readonly PolicyRule[], { roleRef }: KubeObject): boolean {
  const resource = { Role: "roles", ClusterRole: "clusterroles" }[String(roleRef?.kind)];
  if (resource === undefined) return false;
  const attributes = { verb: "bind", group: roleRef.apiGroup ?? "", resource, name: roleRef.name ?? "" };
  return owned.some((rule) => ruleAllows(rule, attributes));
}

function rulesBoundBy(registry: Registry, { type, object, namespace }: GrantWrite): readonly PolicyRule[] {
  const { roleRef } = object;
  if (roleRef?.kind !== "Role" && roleRef?.kind !== "ClusterRole")
    throw new StatusError(500, "", `unsupported role reference kind: ${JSON.stringify(roleRef?.kind ?? "")}`);
  const rules = rulesOfReference(registry, roleRef, namespace);
  // The API server names the kind of the binding here, not that of the role.
  if (!rules) throw notFound(type, roleRef.name ?? "");
  return rules;
}

function confirm(
  { name, groups }: User,
  owned: readonly PolicyRule[],
  wanted: readonly PolicyRule[],
  { type, object }: GrantWrite,
): void {
  const missing = uncovered(owned, wanted);
  if (missing.length === 0) return;
  const who = `user ${JSON.stringify(name)} (groups=${listText(groups)})`;
  const why = `${who} is attempting to grant RBAC permissions not currently held:\n${rulesText(missing)}`;
  throw forbidden(type, object.metadata?.name ?? "", why);
}

function aggregates(role: KubeObject | undefined): boolean {
  return (role?.["aggregationRule"]?.clusterRoleSelectors ?? []).length > 0;
}

/** Whether an update changes only what the garbage collector has to. */
function isUpkeep({ object, old }: GrantWrite): boolean {
  return old !== undefined && jsonEqual(withoutUpkeep(object), withoutUpkeep(old));
}

function withoutUpkeep(object: KubeObject): KubeObject {
  const {
    ownerReferences: _owners,
    finalizers: _finalizers,
    managedFields: _managers,
    ...metadata
  } = object.metadata;
  return { ...object, metadata };
}
