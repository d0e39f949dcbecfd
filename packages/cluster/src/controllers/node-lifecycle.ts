import { formatTime, type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import { type Controller, type ControllerContext, splitKey } from "./controller.ts";
import { NodeHealth } from "./node-health.ts";
import { evictsFrom, isManagedTaint, readyCondition, wantedTaints } from "./node-taints.ts";
import { isReadyPod, withCondition } from "./pod-facts.ts";

const checkMs = 5_000;
const component = "node-controller";

/**
 * Watches over nodes: one that stops renewing its Lease becomes Unknown, its pods count as not ready, and nodes are
 * tainted by their conditions.
 */
export function nodeLifecycleController(context: ControllerContext): Controller {
  const { registry, clock, events } = context;
  const nodes = registry.types.require("", "nodes");
  const pods = registry.types.require("", "pods");
  const health = new NodeHealth(context);

  /**
   * What runs on a node that was taken for dead is not ready. A kubelet that itself says that its node is not ready goes
   * on to report its pods, which are left as it says.
   */
  function markPodsNotReady(node: string): void {
    for (const pod of registry.store.listIndexed(pods, "spec.nodeName", node) ?? []) {
      if (!isReadyPod(pod)) continue;
      const time = formatTime(clock.now());
      const { namespace, name } = pod.metadata;
      registry.mutate(
        pods,
        namespace,
        name,
        (current) => {
          const condition = { type: "Ready", status: "False" };
          const conditions = withCondition(current.status?.conditions, condition, time);
          return { ...current, status: { ...current.status, conditions } };
        },
        { subresource: "status" },
      );
      events.record(pod, "Warning", "NodeNotReady", "Node is not ready", component);
    }
  }

  function taint(node: KubeObject): void {
    const present: Json[] = node.spec?.taints ?? [];
    const wanted = wantedTaints(node, evictsFrom(node, registry.store.list(nodes)));
    const same = (left: Json, right: Json) => left.key === right.key && left.effect === right.effect;
    const kept = present.filter(
      (entry) => !isManagedTaint(entry) || wanted.some((other) => same(other, entry)),
    );
    const added = wanted.filter((entry) => !present.some((other) => same(other, entry)));
    const taints = [...kept, ...added.map((entry) => ({ ...entry, timeAdded: formatTime(clock.now()) }))];
    if (jsonEqual(taints, present)) return;
    registry.mutate(nodes, undefined, node.metadata.name, (current) => {
      const { taints: _taints, ...spec } = current.spec ?? {};
      return { ...current, spec: { ...spec, ...(taints.length > 0 ? { taints } : {}) } };
    });
  }

  return {
    name: "node-lifecycle",
    watches: [{ type: nodes, keys: ({ object }) => [`/${object.metadata.name}`] }],
    reconcile(key) {
      const { name } = splitKey(key);
      const found = registry.store.get(nodes, undefined, name);
      if (!found) {
        health.forget(name);
        return undefined;
      }
      const node = health.check(found);
      if (isReady(found) && !isReady(node)) {
        events.record(node, "Normal", "NodeNotReady", `Node ${name} status is now: NodeNotReady`, component);
        markPodsNotReady(name);
      }
      taint(node);
      return checkMs;
    },
  };
}

function isReady(node: KubeObject): boolean {
  return readyCondition(node)?.status === "True";
}
