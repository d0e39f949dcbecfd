import type { Json, KubeObject } from "../api/objects.ts";
import { type Amounts, podAmounts } from "../controllers/pod-requests.ts";
import { parseQuantity } from "../resources/quantity.ts";
import type { ResourceType } from "../resources/resource-type.ts";

const one = 10n ** 9n;

/** Kinds that quotas count by their plural alone, besides `count/PLURAL.GROUP`. */
const countedByPlural = new Set([
  "services",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "replicationcontrollers",
  "resourcequotas",
]);

const computed = ["cpu", "memory", "ephemeral-storage"];

type Usage = readonly (readonly [string, bigint])[];

function isCounted({ status, metadata }: KubeObject, now: number): boolean {
  if (status?.phase === "Succeeded" || status?.phase === "Failed") return false;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
  return !deletionTimestamp || now <= Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

/** Pods that have ended, or should have by now, are there, and use nothing. */
function podUsage(pod: KubeObject, now: number): Usage {
  if (!isCounted(pod, now)) return [];
  const requests = [...podAmounts(pod.spec, "requests")];
  const limits = [...podAmounts(pod.spec, "limits")];
  return [
    ["pods", one],
    ...requests.filter(([name]) => computed.includes(name)),
    ...requests.map(([name, amount]) => [`requests.${name}`, amount] as const),
    ...limits.map(([name, amount]) => [`limits.${name}`, amount] as const),
  ];
}

function serviceUsage({ spec }: KubeObject): Usage {
  const ports: Json[] = spec?.ports ?? [];
  const all = BigInt(ports.length) * one;
  switch (spec?.type) {
    case "LoadBalancer": {
      const given = BigInt(ports.filter(({ nodePort }) => nodePort).length) * one;
      return [
        ["services.loadbalancers", one],
        ["services.nodeports", spec.allocateLoadBalancerNodePorts === false ? given : all],
      ];
    }
    case "NodePort":
      return [["services.nodeports", all]];
    default:
      return [];
  }
}

/** Claims count by their storage class as well; storage counts in whole bytes. */
function claimUsage({ spec, status, metadata }: KubeObject): Usage {
  const storageClass =
    metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? spec?.storageClassName;
  const counts: Usage = [["persistentvolumeclaims", one]];
  const asked = parseQuantity(spec?.resources?.requests?.storage ?? "");
  const allocated = parseQuantity(status?.allocatedResources?.storage ?? "");
  const wanted = asked === undefined || (allocated ?? 0n) < asked ? asked : allocated;
  const storage: Usage =
    wanted === undefined ? [] : [["requests.storage", ((wanted + one - 1n) / one) * one]];
  const all = [...counts, ...storage];
  if (!storageClass) return all;
  const ofClass = all.map(
    ([name, amount]) => [`${storageClass}.storageclass.storage.k8s.io/${name}`, amount] as const,
  );
  return [...all, ...ofClass];
}

/** What one object takes of quotas, by the names that quotas have for it. */
export function usageOf({ group, plural }: ResourceType, object: KubeObject, now: number): Amounts {
  const usage: Amounts = new Map([[`count/${plural}${group ? `.${group}` : ""}`, one]]);
  if (group !== "") return usage;
  if (countedByPlural.has(plural)) usage.set(plural, one);
  const more: Readonly<Record<string, () => Usage>> = {
    pods: () => podUsage(object, now),
    services: () => serviceUsage(object),
    persistentvolumeclaims: () => claimUsage(object),
  };
  for (const [name, amount] of more[plural]?.() ?? []) usage.set(name, amount);
  return usage;
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
