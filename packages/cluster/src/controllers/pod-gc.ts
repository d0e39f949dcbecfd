import { formatTime, type Json, type KubeObject } from "../api/objects.ts";
import { type Controller, type ControllerContext, splitKey } from "./controller.ts";
import { readyCondition } from "./node-taints.ts";
import { isFinishedPod, withCondition } from "./pod-facts.ts";

const quarantineMs = 40_000;
const checkMs = 20_000;
const outOfService = "node.kubernetes.io/out-of-service";

/** Removes pods that nobody else will: those of nodes that are gone or out of service, and those that end without one. */
export function podGarbageCollector(context: ControllerContext): Controller {
  const { registry, clock } = context;
  const nodes = registry.types.require("", "nodes");
  const pods = registry.types.require("", "pods");
  const missingSince = new Map<string, number>();

  function remove(pod: KubeObject, condition?: Json): void {
    const { namespace, name } = pod.metadata;
    if (!isFinishedPod(pod)) {
      const time = formatTime(clock.now());
      registry.mutate(
        pods,
        namespace,
        name,
        (current) => {
          const conditions = current.status?.conditions;
          const next = condition ? withCondition(conditions, condition, time) : conditions;
          const status = { ...current.status, phase: "Failed", ...(next ? { conditions: next } : {}) };
          return { ...current, status };
        },
        { subresource: "status" },
      );
    }
    registry.delete(pods, namespace, name, { gracePeriodSeconds: 0 });
  }

  function removeOrphans(node: string, orphans: readonly KubeObject[]): number | undefined {
    if (orphans.length === 0) {
      missingSince.delete(node);
      return undefined;
    }
    const since = missingSince.get(node) ?? clock.now();
    missingSince.set(node, since);
    const left = since + quarantineMs - clock.now();
    if (left > 0) return left;
    const reason = {
      reason: "DeletionByPodGC",
      message: "PodGC: node no longer exists",
      lastProbeTime: null,
    };
    for (const pod of orphans) remove(pod, { type: "DisruptionTarget", status: "True", ...reason });
    return undefined;
  }

  function removeFromOutOfService(node: KubeObject, bound: readonly KubeObject[]): void {
    const tainted = (node.spec?.taints ?? []).some(({ key }: Json) => key === outOfService);
    if (!tainted || readyCondition(node)?.status === "True") return;
    for (const pod of bound) if (pod.metadata.deletionTimestamp) remove(pod);
  }

  function ofNode(name: string): number | undefined {
    const bound = registry.store.listIndexed(pods, "spec.nodeName", name) ?? [];
    const node = registry.store.get(nodes, undefined, name);
    if (!node) return removeOrphans(name, bound);
    missingSince.delete(name);
    removeFromOutOfService(node, bound);
    return undefined;
  }

  return {
    name: "pod-gc",
    watches: [
      { type: nodes, keys: ({ object }) => [`/${object.metadata.name}`] },
      {
        type: pods,
        keys({ deleted, object: { metadata, spec } }) {
          if (deleted) return [];
          if (spec.nodeName) return [`/${spec.nodeName}`];
          return metadata.deletionTimestamp ? [`${metadata.namespace}/${metadata.name}`] : [];
        },
      },
    ],
    reconcile(key) {
      const { namespace, name } = splitKey(key);
      if (namespace === undefined) return ofNode(name);
      const pod = registry.store.get(pods, namespace, name);
      if (!pod?.metadata.deletionTimestamp || pod.spec.nodeName) return undefined;
      // Its own controller gets the time of one round to let it go.
      const left = Date.parse(pod.metadata.deletionTimestamp) + checkMs - clock.now();
      if (left > 0) return left;
      if (!isFinishedPod(pod)) remove(pod);
      return undefined;
    },
  };
}
