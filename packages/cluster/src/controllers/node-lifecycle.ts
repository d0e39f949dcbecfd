import { formatTime, type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import { type Controller, type ControllerContext, keyOf, splitKey } from "./controller.ts";
import { tolerates } from "./node-fit.ts";
import { isReadyPod, withCondition } from "./pod-facts.ts";

const gracePeriodMs = 50_000;
const checkMs = 5_000;
const orphanGraceMs = 40_000;
const prefix = "node.kubernetes.io/";
const component = "node-controller";

/** Condition types by which a node under pressure is tainted. */
const pressures: Readonly<Record<string, string>> = {
  MemoryPressure: "memory-pressure",
  DiskPressure: "disk-pressure",
  PIDPressure: "pid-pressure",
  NetworkUnavailable: "network-unavailable",
};

function statusOf(node: KubeObject, type: string): string {
  return (node.status?.conditions ?? []).find((entry: Json) => entry.type === type)?.status ?? "Unknown";
}

/** The taints that a node's state calls for. */
export function wantedTaints(node: KubeObject): { readonly key: string; readonly effect: string }[] {
  const taints: { key: string; effect: string }[] = [];
  const ready = statusOf(node, "Ready");
  if (ready !== "True") {
    const key = `${prefix}${ready === "False" ? "not-ready" : "unreachable"}`;
    taints.push({ key, effect: "NoSchedule" }, { key, effect: "NoExecute" });
  }
  for (const [type, name] of Object.entries(pressures)) {
    if (statusOf(node, type) === "True") taints.push({ key: prefix + name, effect: "NoSchedule" });
  }
  if (node.spec?.unschedulable) taints.push({ key: `${prefix}unschedulable`, effect: "NoSchedule" });
  return taints;
}

const managedKeys = new Set(
  ["not-ready", "unreachable", "unschedulable", ...Object.values(pressures)].map((name) => prefix + name),
);

/**
 * Watches over nodes: one that stops renewing its Lease becomes Unknown, nodes are tainted by their conditions, and pods
 * that do not tolerate a NoExecute taint are deleted when their time is up. Pods of nodes that are gone are removed.
 */
export function nodeLifecycleController(context: ControllerContext): Controller {
  const { registry, clock, events } = context;
  const nodes = registry.types.require("", "nodes");
  const leases = registry.types.require("coordination.k8s.io", "leases");
  const pods = registry.types.require("", "pods");
  /** When each node was last heard of, by this controller's own clock: nodes' clocks may be wrong. */
  const heard = new Map<string, { readonly sign: string; readonly at: number }>();
  const missingSince = new Map<string, number>();

  function silence(node: KubeObject): number {
    const lease = registry.store.get(leases, "kube-node-lease", node.metadata.name);
    const ready = (node.status?.conditions ?? []).find((entry: Json) => entry.type === "Ready");
    const sign = `${node.metadata.uid} ${lease?.spec?.renewTime} ${ready?.lastHeartbeatTime} ${ready?.status === "Unknown"}`;
    const last = heard.get(node.metadata.name);
    if (last?.sign === sign) return clock.now() - last.at;
    // The change to Unknown is our own and no sign of life.
    const own = ready?.status === "Unknown" && last?.sign === sign.replace(/true$/, "false");
    heard.set(node.metadata.name, { sign, at: own ? last.at : clock.now() });
    return own ? clock.now() - last.at : 0;
  }

  function markUnknown(node: KubeObject): KubeObject {
    const time = formatTime(clock.now());
    const never = !(node.status?.conditions ?? []).some((entry: Json) => entry.type === "Ready");
    const news = never
      ? { status: "Unknown", reason: "NodeStatusNeverUpdated", message: "Kubelet never posted node status." }
      : { status: "Unknown", reason: "NodeStatusUnknown", message: "Kubelet stopped posting node status." };
    events.record(
      node,
      "Normal",
      "NodeNotReady",
      `Node ${node.metadata.name} status is now: NodeNotReady`,
      component,
    );
    return registry.mutate(
      nodes,
      undefined,
      node.metadata.name,
      (current) => {
        const types = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];
        const conditions = types.reduce(
          (list, type) => withCondition(list, { ...news, type }, time),
          current.status?.conditions,
        );
        return { ...current, status: { ...current.status, conditions } };
      },
      { subresource: "status" },
    );
  }

  /**
   * What runs on a node that was taken for dead is not ready. A kubelet that itself says that its node is not ready goes
   * on to report its pods, which are left as it says.
   */
  function markPodsNotReady(node: KubeObject): void {
    for (const pod of registry.store.listIndexed(pods, "spec.nodeName", node.metadata.name) ?? []) {
      if (!isReadyPod(pod)) continue;
      const time = formatTime(clock.now());
      registry.mutate(
        pods,
        pod.metadata.namespace,
        pod.metadata.name,
        (current) => ({
          ...current,
          status: {
            ...current.status,
            conditions: withCondition(current.status?.conditions, { type: "Ready", status: "False" }, time),
          },
        }),
        { subresource: "status" },
      );
    }
  }

  function taint(node: KubeObject): KubeObject {
    const present: Json[] = node.spec?.taints ?? [];
    const wanted = wantedTaints(node);
    const same = (left: Json, right: Json) => left.key === right.key && left.effect === right.effect;
    const kept = present.filter(
      (entry) => !managedKeys.has(entry.key) || wanted.some((other) => same(other, entry)),
    );
    const added = wanted.filter((entry) => !present.some((other) => same(other, entry)));
    const taints = [...kept, ...added.map((entry) => ({ ...entry, timeAdded: formatTime(clock.now()) }))];
    if (jsonEqual(taints, present)) return node;
    return registry.mutate(nodes, undefined, node.metadata.name, (current) => {
      const { taints: _taints, ...spec } = current.spec ?? {};
      return { ...current, spec: { ...spec, ...(taints.length > 0 ? { taints } : {}) } };
    });
  }

  /** When a pod must leave a tainted node, in milliseconds from now; undefined when it may stay. */
  function leavesIn(pod: KubeObject, taints: readonly Json[]): number | undefined {
    let soonest: number | undefined;
    for (const entry of taints) {
      const matching = (pod.spec.tolerations ?? []).filter((toleration: Json) =>
        tolerates([toleration], entry),
      );
      const limits = matching
        .map((toleration: Json) => toleration.tolerationSeconds)
        .filter((limit: Json) => limit !== undefined);
      if (matching.length > 0 && limits.length === 0) continue;
      const allowed = matching.length === 0 ? 0 : Math.max(0, Math.min(...limits)) * 1000;
      const left = Date.parse(entry.timeAdded ?? formatTime(clock.now())) + allowed - clock.now();
      if (soonest === undefined || left < soonest) soonest = left;
    }
    return soonest;
  }

  function evict(node: KubeObject): void {
    const taints = (node.spec?.taints ?? []).filter((entry: Json) => entry.effect === "NoExecute");
    if (taints.length === 0) return;
    for (const pod of registry.store.listIndexed(pods, "spec.nodeName", node.metadata.name) ?? []) {
      if (pod.metadata.deletionTimestamp) continue;
      const left = leavesIn(pod, taints);
      if (left === undefined || left > 0) continue;
      events.record(
        pod,
        "Normal",
        "TaintManagerEviction",
        `Marking for deletion Pod ${keyOf(pod)}`,
        "taint-eviction-controller",
      );
      registry.delete(pods, pod.metadata.namespace, pod.metadata.name);
    }
  }

  function removeOrphans(name: string): number | undefined {
    heard.delete(name);
    const orphans = registry.store.listIndexed(pods, "spec.nodeName", name) ?? [];
    if (orphans.length === 0) {
      missingSince.delete(name);
      return undefined;
    }
    const since = missingSince.get(name) ?? clock.now();
    missingSince.set(name, since);
    const left = since + orphanGraceMs - clock.now();
    if (left > 0) return left;
    for (const { metadata } of orphans)
      registry.delete(pods, metadata.namespace, metadata.name, { gracePeriodSeconds: 0 });
    return undefined;
  }

  return {
    name: "node-lifecycle",
    watches: [
      { type: nodes, keys: ({ object }) => [`/${object.metadata.name}`] },
      {
        type: pods,
        keys: ({ deleted, object }) =>
          object.spec?.nodeName && !deleted ? [`/${object.spec.nodeName}`] : [],
      },
    ],
    reconcile(key) {
      const { name } = splitKey(key);
      let node = registry.store.get(nodes, undefined, name);
      if (!node) return removeOrphans(name);
      missingSince.delete(name);
      if (silence(node) >= gracePeriodMs && statusOf(node, "Ready") !== "Unknown") {
        const wasReady = statusOf(node, "Ready") === "True";
        node = markUnknown(node);
        if (wasReady) markPodsNotReady(node);
      } else if (silence(node) >= gracePeriodMs && !(node.status?.conditions ?? []).length)
        node = markUnknown(node);
      node = taint(node);
      evict(node);
      return checkMs;
    },
  };
}
