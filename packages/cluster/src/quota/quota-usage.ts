import type { Json, KubeObject } from "../api/objects.ts";
import { type Amounts, podAmounts } from "../controllers/pod-requests.ts";
import type { ResourceType } from "../resources/resource-type.ts";

const one = 10n ** 9n;

/** Kinds that quotas count by their plural alone, besides `count/PLURAL.GROUP`. */
const countedByPlural = new Set([
  "pods",
  "services",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "replicationcontrollers",
  "resourcequotas",
]);

const computed = ["cpu", "memory", "ephemeral-storage"];

function podUsage({ spec }: KubeObject): [string, bigint][] {
  const requests = podAmounts(spec, "requests");
  const limits = podAmounts(spec, "limits");
  const asked = [...requests].flatMap(([name, amount]): [string, bigint][] => [
    ...(computed.includes(name) ? [[name, amount] as [string, bigint]] : []),
    [`requests.${name}`, amount],
  ]);
  return [...asked, ...[...limits].map(([name, amount]): [string, bigint] => [`limits.${name}`, amount])];
}

function serviceUsage({ spec }: KubeObject): [string, bigint][] {
  const ports = BigInt((spec?.ports ?? []).length) * one;
  switch (spec?.type) {
    case "LoadBalancer":
      return [
        ["services.loadbalancers", one],
        ["services.nodeports", spec.allocateLoadBalancerNodePorts === false ? 0n : ports],
      ];
    case "NodePort":
      return [["services.nodeports", ports]];
    default:
      return [];
  }
}

/** Whether an object uses any quota: pods that have ended, or should have by now, do not. */
export function isCounted(
  { group, plural }: ResourceType,
  { status, metadata }: KubeObject,
  now: number,
): boolean {
  if (group !== "" || plural !== "pods") return true;
  if (status?.phase === "Succeeded" || status?.phase === "Failed") return false;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
  return !deletionTimestamp || now <= Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

/** What one object takes of quotas, by the names that quotas have for it. */
export function usageOf({ group, plural }: ResourceType, object: KubeObject): Amounts {
  const usage: Amounts = new Map([[`count/${plural}${group ? `.${group}` : ""}`, one]]);
  if (group !== "") return usage;
  if (countedByPlural.has(plural)) usage.set(plural, one);
  if (plural === "pods") for (const [name, amount] of podUsage(object)) usage.set(name, amount);
  if (plural === "services") for (const [name, amount] of serviceUsage(object)) usage.set(name, amount);
  return usage;
}

function isBestEffort(pod: KubeObject): boolean {
  return pod.status?.qosClass === "BestEffort";
}

/** Whether a quota's scopes take an object in; scopes are about pods alone. */
export function isInScope(quota: KubeObject, { plural }: ResourceType, object: KubeObject): boolean {
  const scopes: string[] = quota.spec?.scopes ?? [];
  if (scopes.length === 0) return true;
  if (plural !== "pods") return false;
  const terminates = object.spec.activeDeadlineSeconds !== undefined;
  const holds: Readonly<Record<string, boolean>> = {
    Terminating: terminates,
    NotTerminating: !terminates,
    BestEffort: isBestEffort(object),
    NotBestEffort: !isBestEffort(object),
  };
  return scopes.every((scope) => holds[scope] ?? false);
}

const required = ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];

/** Amounts that a quota limits and that containers do not state, with the containers: `cpu for: a,b`. */
export function unstatedAmounts(hard: Json, { spec }: KubeObject): string[] {
  if (spec.resources) return [];
  const containers: Json[] = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  return required
    .filter((name) => Object.hasOwn(hard, name))
    .sort()
    .flatMap((name) => {
      const list = name.startsWith("limits.") ? "limits" : "requests";
      const resource = name.slice(name.indexOf(".") + 1);
      const silent = containers.filter(({ resources }) => resources?.[list]?.[resource] === undefined);
      const names = silent.map((container) => container.name).sort();
      return names.length > 0 ? [`${name} for: ${names.join(",")}`] : [];
    });
}
