import type { KubeObject } from "../api/objects.ts";
import { type Controller, type ControllerContext, splitKey } from "./controller.ts";

const pollMs = 250;

/** Empties namespaces that are being deleted and lets them go when nothing is left. */
export function namespaceController(context: ControllerContext): Controller {
  const { registry } = context;
  const type = registry.types.require("", "namespaces");
  const contents = registry.types.all.filter(
    (candidate) => candidate.namespaced && candidate.verbs.includes("delete"),
  );

  function deleteContents(namespace: string): number {
    let left = 0;
    for (const resource of contents) {
      for (const { metadata } of registry.store.list(resource, namespace)) {
        if (
          metadata.deletionTimestamp ||
          !registry.delete(resource, namespace, metadata.name, { propagationPolicy: "Background" }).removed
        )
          left += 1;
      }
    }
    return left;
  }

  function finalize(namespace: KubeObject): void {
    registry.mutate(
      type,
      undefined,
      namespace.metadata.name,
      (current) => ({ ...current, spec: { ...current.spec, finalizers: [] } }),
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
      if (deleteContents(namespace.metadata.name) > 0) return pollMs;
      if (namespace.spec?.finalizers?.length) finalize(namespace);
      return undefined;
    },
  };
}
