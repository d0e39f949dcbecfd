import type { Json, KubeObject } from "../api/objects.ts";

const prefix = "node.kubernetes.io/";

/** Which taint each state of a condition calls for. */
const conditionTaints: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: "not-ready", Unknown: "unreachable" },
  MemoryPressure: { True: "memory-pressure" },
  DiskPressure: { True: "disk-pressure" },
  PIDPressure: { True: "pid-pressure" },
  NetworkUnavailable: { True: "network-unavailable" },
};

const evictionKeys = [`${prefix}not-ready`, `${prefix}unreachable`];

/** A taint as the controllers set it. */
export interface NodeTaint {
  readonly key: string;
  readonly effect: string;
}

const scheduleKeys = new Set(
  ["unschedulable", ...Object.values(conditionTaints).flatMap((states) => Object.values(states))].map(
    (name) => prefix + name,
  ),
);

/** Whether the controllers set and remove a taint by themselves. */
export function isManagedTaint({ key, effect }: NodeTaint): boolean {
  return effect === "NoExecute"
    ? evictionKeys.includes(key)
    : effect === "NoSchedule" && scheduleKeys.has(key);
}

/** The Ready condition of a node; undefined before its kubelet has written one. */
export function readyCondition(node: KubeObject): Json {
  return (node.status?.conditions ?? []).find(({ type }: Json) => type === "Ready");
}

/** The taints that keep pods from being put on a node, by its conditions. */
function scheduleTaints(node: KubeObject): NodeTaint[] {
  const names = (node.status?.conditions ?? []).flatMap(({ type, status }: Json) => {
    const name = Object.hasOwn(conditionTaints, type) ? conditionTaints[type]?.[status] : undefined;
    return name === undefined ? [] : [name];
  });
  if (node.spec?.unschedulable) names.push("unschedulable");
  return names.map((name: string) => ({ key: prefix + name, effect: "NoSchedule" }));
}

/** The taint that makes pods leave a node that is not ready. */
function evictionTaints(node: KubeObject): NodeTaint[] {
  const name = conditionTaints["Ready"]?.[readyCondition(node)?.status ?? "True"];
  return name === undefined ? [] : [{ key: prefix + name, effect: "NoExecute" }];
}

/** The taints that a node's state calls for. @param evicts false while too many nodes are down to trust what is seen */
export function wantedTaints(node: KubeObject, evicts: boolean): NodeTaint[] {
  return [...scheduleTaints(node), ...(evicts ? evictionTaints(node) : [])];
}

function zoneOf({ metadata: { labels = {} } }: KubeObject): string {
  return `${labels["topology.kubernetes.io/region"] ?? ""}:${labels["topology.kubernetes.io/zone"] ?? ""}`;
}

const smallZone = 50;
const unhealthyShare = 0.55;

/**
 * Whether pods are to leave a node that is not ready. They stay when no node of the cluster is ready, since then the
 * controllers are probably cut off themselves, and when most of a small zone is down.
 */
export function evictsFrom(node: KubeObject, all: readonly KubeObject[]): boolean {
  const judged = all.filter(
    ({ metadata }) => metadata.labels?.["node.kubernetes.io/exclude-disruption"] === undefined,
  );
  const isReady = (candidate: KubeObject) => readyCondition(candidate)?.status === "True";
  if (judged.length > 0 && !judged.some(isReady)) return false;
  const zone = judged.filter((candidate) => zoneOf(candidate) === zoneOf(node));
  const down = zone.filter((candidate) => !isReady(candidate)).length;
  const partly = down < zone.length && down > 2 && down / zone.length >= unhealthyShare;
  return !(partly && zone.length <= smallZone);
}
