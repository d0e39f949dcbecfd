import type { Json } from "../api/objects.ts";
import { parseQuantity } from "./quantity.ts";

const counted = ["cpu", "memory"] as const;

function positive(list: Json, name: string): bigint {
  const value = list?.[name] === undefined ? 0n : (parseQuantity(list[name]) ?? 0n);
  return value > 0n ? value : 0n;
}

/** The QoS class that the API server writes into a new pod's status. */
export function qosClass(spec: Json): "Guaranteed" | "Burstable" | "BestEffort" {
  const holders: Json[] = spec.resources
    ? [spec]
    : [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  let anything = false;
  let allLimited = true;
  const sums = { requests: { cpu: 0n, memory: 0n }, limits: { cpu: 0n, memory: 0n } };
  for (const holder of holders) {
    for (const name of counted) {
      const request = positive(holder.resources?.requests, name);
      const limit = positive(holder.resources?.limits, name);
      if (request > 0n || limit > 0n) anything = true;
      if (limit === 0n) allLimited = false;
      sums.requests[name] += request;
      sums.limits[name] += limit;
    }
  }
  if (!anything) return "BestEffort";
  const equal = counted.every((name) => sums.requests[name] === sums.limits[name]);
  return allLimited && equal ? "Guaranteed" : "Burstable";
}
