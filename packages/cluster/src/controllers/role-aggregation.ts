import { type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import { selectsLabels } from "../selectors/label-selector.ts";
import { type Controller, type ControllerContext, splitKey } from "./controller.ts";

/** Gathers the rules of ClusterRoles that others select into those. */
export function roleAggregationController(context: ControllerContext): Controller {
  const { registry } = context;
  const type = registry.types.require("rbac.authorization.k8s.io", "clusterroles");

  function selectorsOf(role: KubeObject): Json[] {
    return role["aggregationRule"]?.clusterRoleSelectors ?? [];
  }

  function gathered(role: KubeObject): Json[] {
    const others = registry.store.list(type).filter(({ metadata }) => metadata.name !== role.metadata.name);
    const rules: Json[] = [];
    for (const selector of selectorsOf(role)) {
      for (const other of others.filter(({ metadata }) => selectsLabels(selector, metadata.labels)))
        for (const rule of other["rules"] ?? [])
          if (!rules.some((known) => jsonEqual(known, rule))) rules.push(rule);
    }
    return rules;
  }

  return {
    name: "clusterrole-aggregation",
    watches: [
      {
        type,
        // Any role may have come to be, or ceased to be, one of those that others select.
        keys: () =>
          registry.store
            .list(type)
            .filter((role) => selectorsOf(role).length > 0)
            .map(({ metadata }) => `/${metadata.name}`),
      },
    ],
    reconcile(key) {
      const { name } = splitKey(key);
      const role = registry.store.get(type, undefined, name);
      if (!role || selectorsOf(role).length === 0) return;
      const rules = gathered(role);
      if (jsonEqual(rules, role["rules"] ?? [])) return;
      registry.mutate(type, undefined, name, (current) => ({ ...current, rules }));
    },
  };
}
