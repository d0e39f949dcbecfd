import { formatTime, type Json, type KubeObject } from "../api/objects.ts";
import { type Controller, type ControllerContext, splitKey } from "./controller.ts";
import { deletionConditions, type Remains } from "./namespace-contents.ts";
import { withCondition } from "./pod-facts.ts";

const pollMs = 250;
const ownFinalizer = "kubernetes";

/** Empties namespaces that are being deleted and lets them go when nothing is left. */
export function namespaceController(context: ControllerContext): Controller {
  const { registry, clock } = context;
  const type = registry.types.require("", "namespaces");
  const contents = registry.types.all.filter(
    (candidate) => candidate.namespaced && candidate.verbs.includes("delete"),
  );

  /** Begins to delete everything; answers what is still there. */
  function deleteContents(namespace: string): Remains[] {
    return contents.flatMap((resource) => {
      for (const { metadata } of registry.store.list(resource, namespace)) {
        if (metadata.deletionTimestamp) continue;
        registry.delete(resource, namespace, metadata.name, { propagationPolicy: "Background" });
      }
      const objects = registry.store.list(resource, namespace);
      return objects.length > 0 ? [{ type: resource, objects }] : [];
    });
  }

  function tell({ metadata: { name } }: KubeObject, remains: readonly Remains[]): void {
    const time = formatTime(clock.now());
    registry.mutate(
      type,
      undefined,
      name,
      (current) => {
        const conditions = deletionConditions(remains).reduce<Json[]>(
          (list, condition) => withCondition(list, condition, time),
          current.status?.conditions ?? [],
        );
        return { ...current, status: { ...current.status, conditions } };
      },
      { subresource: "status" },
    );
  }

  function finalize({ metadata: { name } }: KubeObject): void {
    registry.mutate(
      type,
      undefined,
      name,
      (current) => {
        const finalizers = (current.spec?.finalizers ?? []).filter((entry: string) => entry !== ownFinalizer);
        return { ...current, spec: { ...current.spec, finalizers } };
      },
      { subresource: "finalize" },
    );
  }

  return {
    name: "namespace",
    watches: [
      { type, keys: ({ object }) => (object.metadata.deletionTimestamp ? [`/${object.metadata.name}`] : []) },
    ],
    reconcile(key) {
      const namespace = registry.store.get(type, undefined, splitKey(key).name);
      if (!namespace?.metadata.deletionTimestamp) return undefined;
      if (!namespace.spec?.finalizers?.includes(ownFinalizer)) return undefined;
      const remains = deleteContents(namespace.metadata.name);
      tell(namespace, remains);
      if (remains.length > 0) return pollMs;
      finalize(namespace);
      return undefined;
    },
  };
}
