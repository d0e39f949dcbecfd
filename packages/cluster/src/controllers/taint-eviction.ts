import { formatTime, type Json, type KubeObject } from "../api/objects.ts";
import { type Controller, type ControllerContext, keyOf, splitKey } from "./controller.ts";
import { tolerates } from "./node-fit.ts";
import { withCondition } from "./pod-facts.ts";

const component = "taint-eviction-controller";

/** When a pod must leave a tainted node, in milliseconds from `now`; undefined when it may stay. */
function leavesIn(pod: KubeObject, taints: readonly Json[], now: number): number | undefined {
  const limits: number[] = [];
  let since = now;
  for (const taint of taints) {
    const matching = (pod.spec.tolerations ?? []).filter((toleration: Json) =>
      tolerates([toleration], taint),
    );
    if (matching.length === 0) return 0;
    for (const { tolerationSeconds } of matching)
      if (tolerationSeconds !== undefined) limits.push(Math.max(0, tolerationSeconds) * 1000);
    if (taint.timeAdded) since = Math.min(since, Date.parse(taint.timeAdded));
  }
  return limits.length === 0 ? undefined : Math.max(0, since + Math.min(...limits) - now);
}

/** Deletes the pods that do not tolerate the NoExecute taints of their node, each when its time is up. */
export function taintEvictionController(context: ControllerContext): Controller {
  const { registry, clock, events } = context;
  const nodes = registry.types.require("", "nodes");
  const pods = registry.types.require("", "pods");

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
          return taints.some(({ effect }) => effect === "NoExecute") ? [`/${object.metadata.name}`] : [];
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
      if (taints.length === 0) return undefined;
      let soonest: number | undefined;
      for (const pod of registry.store.listIndexed(pods, "spec.nodeName", name) ?? []) {
        if (pod.metadata.deletionTimestamp) continue;
        const left = leavesIn(pod, taints, clock.now());
        if (left === 0) evict(pod);
        else if (left !== undefined) soonest = Math.min(soonest ?? left, left);
      }
      return soonest;
    },
  };
}
