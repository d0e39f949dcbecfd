import { isDeepStrictEqual } from "node:util";
import { Quantity } from "@vkubelet/pod";
import type { NodeCondition, NodeStatus } from "./node-object.ts";

/**
 * Whether the Node lacks something of the status that is to be reported. Times of heartbeats do not count, nor
 * conditions and facts that others wrote; amounts are compared by value, since the API server writes them its own way.
 */
export function isStatusCurrent(next: NodeStatus, current: NodeStatus | undefined): boolean {
  if (current === undefined) return false;
  return (
    isSameList(next.capacity, current.capacity) &&
    isSameList(next.allocatable, current.allocatable) &&
    isDeepStrictEqual(next.addresses, current.addresses) &&
    isDeepStrictEqual(next.daemonEndpoints, current.daemonEndpoints) &&
    isDeepStrictEqual({ ...current.nodeInfo, ...next.nodeInfo }, current.nodeInfo) &&
    (next.conditions ?? []).every((condition) => isToldBy(current.conditions, condition))
  );
}

/**
 * The strategic merge patch that writes the status over the current one. A resource or an address that is gone goes;
 * conditions are merged by type, so that those of others stay.
 */
export function statusPatch(next: NodeStatus, current: NodeStatus | undefined): object {
  return {
    ...next,
    capacity: { ...removals(next.capacity, current?.capacity), ...next.capacity },
    allocatable: { ...removals(next.allocatable, current?.allocatable), ...next.allocatable },
    addresses: [{ $patch: "replace" }, ...(next.addresses ?? [])],
  };
}

function removals(
  next: Readonly<Record<string, string>> = {},
  current: Readonly<Record<string, string>> = {},
): Readonly<Record<string, null>> {
  const gone = Object.keys(current).filter((name) => !Object.hasOwn(next, name));
  return Object.fromEntries(gone.map((name) => [name, null]));
}

function isToldBy(conditions: readonly NodeCondition[] = [], { type, ...next }: NodeCondition): boolean {
  const present = conditions.find((other) => other.type === type);
  return (
    present?.status === next.status && present.reason === next.reason && present.message === next.message
  );
}

function isSameList(
  next: Readonly<Record<string, string>> = {},
  current: Readonly<Record<string, string>> = {},
): boolean {
  const names = Object.keys(next);
  return (
    names.length === Object.keys(current).length &&
    names.every((name) => isSameAmount(next[name] ?? "", current[name]))
  );
}

function isSameAmount(next: string, current: string | undefined): boolean {
  if (next === current) return true;
  if (current === undefined) return false;
  try {
    return Quantity.parse(next).compare(Quantity.parse(current)) === 0;
  } catch {
    // What cannot be read is refused by the API server, which names it.
    return false;
  }
}
