import type { Json } from "../api/objects.ts";
import { parseQuantity } from "../resources/quantity.ts";

/** Amounts by resource name, in units of 10⁻⁹. */
export type Amounts = Map<string, bigint>;

function amountsOf(list: Json): Amounts {
  return new Map(Object.entries(list ?? {}).map(([name, value]) => [name, parseQuantity(value) ?? 0n]));
}

function add(target: Amounts, more: Amounts): void {
  for (const [name, amount] of more) target.set(name, (target.get(name) ?? 0n) + amount);
}

function raise(target: Amounts, other: Amounts): void {
  for (const [name, amount] of other) if (amount > (target.get(name) ?? 0n)) target.set(name, amount);
}

/** What a pod asks a node for. */
export function podRequests(spec: Json): Amounts {
  return podAmounts(spec, "requests");
}

/** Requests or limits of a pod: the larger of its main containers and its init phase, sidecars in both, plus overhead. */
export function podAmounts(spec: Json, list: "requests" | "limits"): Amounts {
  const total: Amounts = new Map();
  for (const container of spec.containers ?? []) add(total, amountsOf(container.resources?.[list]));
  const sidecars: Amounts = new Map();
  const init: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const requests = amountsOf(container.resources?.[list]);
    if (container.restartPolicy === "Always") {
      add(sidecars, requests);
      raise(init, sidecars);
    } else {
      const use = new Map(sidecars);
      add(use, requests);
      raise(init, use);
    }
  }
  add(total, sidecars);
  raise(total, init);
  for (const [name, amount] of amountsOf(spec.resources?.[list])) total.set(name, amount);
  // What is not limited is not limited by its overhead either.
  for (const [name, amount] of amountsOf(spec.overhead))
    if (list === "requests" || total.has(name)) total.set(name, (total.get(name) ?? 0n) + amount);
  return total;
}

/** What a node can give. */
export function nodeAllocatable(node: { readonly status?: Json }): Amounts {
  return amountsOf(node.status?.allocatable ?? node.status?.capacity);
}
