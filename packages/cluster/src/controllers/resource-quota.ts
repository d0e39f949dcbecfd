import { jsonEqual } from "../api/objects.ts";
import { quantitiesOf, usedOf } from "../quota/quota-state.ts";
import { type Controller, type ControllerContext, keyOf, splitKey } from "./controller.ts";

/** Keeps the status of ResourceQuotas: what they limit and how much of it is used. */
export function resourceQuotaController(context: ControllerContext): Controller {
  const { registry, clock } = context;
  const type = registry.types.require("", "resourcequotas");
  const counted = registry.types.all.filter(
    (candidate) =>
      candidate.namespaced &&
      candidate !== type &&
      candidate.verbs.includes("watch") &&
      candidate.plural !== "events",
  );
  const keysOf = (namespace: string | undefined) => registry.store.list(type, namespace).map(keyOf);
  return {
    name: "resourcequota",
    watches: [
      { type, keys: ({ object }) => keysOf(object.metadata.namespace) },
      ...counted.map((candidate) => ({
        type: candidate,
        keys: ({ object }: { readonly object: { readonly metadata: { readonly namespace?: string } } }) =>
          keysOf(object.metadata.namespace),
      })),
    ],
    reconcile(key) {
      const { namespace, name } = splitKey(key);
      const quota = registry.store.get(type, namespace, name);
      if (!quota) return;
      const used = quantitiesOf(usedOf(registry.store, registry.types, quota, clock.now()));
      const status = { hard: quota.spec?.hard ?? {}, used };
      if (jsonEqual(status, quota.status)) return;
      registry.mutate(type, namespace, name, (current) => ({ ...current, status }), {
        subresource: "status",
      });
    },
  };
}
