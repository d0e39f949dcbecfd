import { formatTime, type Json, type KubeObject } from "../api/objects.ts";
import { type Controller, type ControllerContext, keyOf, splitKey } from "./controller.ts";
import { tolerates } from "./node-fit.ts";
import { withCondition } from "./pod-facts.ts";

const component = "taint-eviction-controller";

/** How long a pod may stay on a tainted node, in milliseconds; undefined when it may stay for good. */
function patienceOf(pod: KubeObject, taints: readonly Json[]): number | undefined {
  const limits: number[] = [];
  for (const taint of taints) {
    const matching = (pod.spec.tolerations ?? []).filter((toleration: Json) =>
      tolerates([toleration], taint),
    );
    if (matching.length === 0) return 0;
    for (const { tolerationSeconds } of matching)
      if (tolerationSeconds !== undefined) limits.push(Math.max(0, tolerationSeconds) * 1000);
  }
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** Deletes the pods that do not tolerate the NoExecute taints of their node, each when its time is up. */
export function taintEvictionController(context: ControllerContext): Controller {
  const { registry, clock, events } = context;
  const nodes = registry.types.require("", "nodes");
  const pods = registry.types.require("", "pods");
  /** By node, the pods that must leave and when: a time once set stands for as long as the pod must leave at all. */
  const planned = new Map<string, ReadonlyMap<string, number>>();

  function evict(pod: KubeObject): void {
    const { namespace, name } = pod.metadata;
    events.record(pod, "Normal", "TaintManagerEviction", `Marking for deletion Pod ${keyOf(pod)}`, component);
    const condition = {
      type: "DisruptionTarget",
      status: "True",
      reason: "DeletionByTaintManager",
      message: "Taint manager: deleting due to NoExecute taint",
      lastProbeTime: null,
    };
    const time = formatTime(clock.now());
    registry.mutate(
      pods,
      namespace,
      name,
      (current) => {
        const conditions = withCondition(current.status?.conditions, condition, time);
        return { ...current, status: { ...current.status, conditions } };
      },
      { subresource: "status" },
    );
    registry.delete(pods, namespace, name);
  }

  return {
    name: "taint-eviction",
    watches: [
      {
        type: nodes,
        keys: ({ object, deleted }) => {
          const taints: Json[] = deleted ? [] : (object.spec?.taints ?? []);
          const { name } = object.metadata;
          return planned.has(name) || taints.some(({ effect }) => effect === "NoExecute") ? [`/${name}`] : [];
        },
      },
      {
        type: pods,
        keys: ({ deleted, object }) =>
          object.spec?.nodeName && !deleted ? [`/${object.spec.nodeName}`] : [],
      },
    ],
    reconcile(key) {
      const { name } = splitKey(key);
      const node = registry.store.get(nodes, undefined, name);
      const taints = (node?.spec?.taints ?? []).filter((entry: Json) => entry.effect === "NoExecute");
      const before = planned.get(name);
      planned.delete(name);
      if (taints.length === 0) return undefined;
      const now = clock.now();
      const leaving = new Map<string, number>();
      for (const pod of registry.store.listIndexed(pods, "spec.nodeName", name) ?? []) {
        const { uid = "", deletionTimestamp } = pod.metadata;
        const patience = deletionTimestamp ? undefined : patienceOf(pod, taints);
        if (patience === undefined) continue;
        const due = patience === 0 ? now : (before?.get(uid) ?? now + patience);
        if (due <= now) evict(pod);
        else leaving.set(uid, due);
      }
      if (leaving.size === 0) return undefined;
      planned.set(name, leaving);
      return Math.min(...leaving.values()) - now;
    },
  };
}
