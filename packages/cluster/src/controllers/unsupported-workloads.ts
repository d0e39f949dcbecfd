import { type Controller, type ControllerContext, keyOf, splitKey } from "./controller.ts";

/** Kinds that the cluster stores but no controller of its acts on. */
const kinds = [
  ["apps", "statefulsets"],
  ["apps", "daemonsets"],
  ["batch", "cronjobs"],
  ["", "replicationcontrollers"],
] as const;

/** Says by an event that nothing will happen to workloads of kinds without a controller. */
export function unsupportedWorkloads(context: ControllerContext): Controller[] {
  const { registry, events } = context;
  return kinds.map(([group, plural]) => {
    const type = registry.types.require(group, plural);
    return {
      name: `unsupported-${plural}`,
      watches: [{ type, keys: ({ object, deleted }) => (deleted ? [] : [keyOf(object)]) }],
      reconcile(key) {
        const { namespace, name } = splitKey(key);
        const object = registry.store.get(type, namespace, name);
        if (!object) return;
        const message = `this in-memory cluster has no controller for ${type.kind}: no pods will be created`;
        events.record(object, "Warning", "Unsupported", message, "vkubelet-cluster");
      },
    };
  });
}
