import type { KubeObject } from "../api/objects.ts";
import type { Amounts } from "../controllers/pod-requests.ts";
import { formatQuantity, parseQuantity } from "../resources/quantity.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import type { ResourceTypes } from "../resources/resource-types.ts";
import type { ReadView } from "../store/store.ts";
import { isInScope } from "./quota-scopes.ts";
import { usageOf } from "./quota-usage.ts";

/** The limits of a quota. */
export function hardOf(quota: KubeObject): Amounts {
  return new Map(
    Object.entries(quota.spec?.hard ?? {}).map(([name, value]) => [name, parseQuantity(value) ?? 0n]),
  );
}

/** The resource that a quota's name is about; undefined for one that this cluster does not know. */
function typeOf(types: ResourceTypes, name: string): ResourceType | undefined {
  if (!name.startsWith("count/")) {
    const isOfClaims = name === "requests.storage" || name.includes(".storageclass.storage.k8s.io/");
    const plural = isOfClaims ? "persistentvolumeclaims" : (name.split(".")[0] ?? "");
    return types.find("", "v1", plural) ?? types.find("", "v1", "pods");
  }
  const [plural, ...group] = name.slice("count/".length).split(".");
  return types.find(group.join("."), "v1", plural ?? "");
}

/** What is used of a quota's limits. */
export function usedOf(store: ReadView, types: ResourceTypes, quota: KubeObject, now: number): Amounts {
  const used: Amounts = new Map([...hardOf(quota).keys()].map((name) => [name, 0n]));
  const concerned = new Set([...used.keys()].map((name) => typeOf(types, name)));
  for (const type of concerned) {
    if (!type) continue;
    for (const object of store.list(type, quota.metadata.namespace)) {
      if (!isInScope(quota, type, object)) continue;
      for (const [name, amount] of usageOf(type, object, now)) {
        const before = used.get(name);
        if (before !== undefined) used.set(name, before + amount);
      }
    }
  }
  return used;
}

/** Amounts as quantities. */
export function quantitiesOf(amounts: Amounts): Record<string, string> {
  return Object.fromEntries(
    [...amounts].map(([name, amount]) => [name, formatQuantity(amount, isBinary(name))]),
  );
}

function isBinary(name: string): boolean {
  return name.endsWith("memory") || name.endsWith("storage") || name.includes("hugepages-");
}
