import { Quantity } from "@vkubelet/pod";
import type { AnyObject } from "./memory-api.ts";

/** A merge patch; a strategic one merges conditions by type and honours `$patch: replace`, as the API server does for pods and nodes. */
export function applyPatch(target: AnyObject, patch: AnyObject, strategic: boolean): AnyObject {
  if (Array.isArray(patch) && strategic) return applyList(target, patch);
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
  const base = target !== null && typeof target === "object" && !Array.isArray(target) ? target : {};
  const result: AnyObject = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = applyPatch(base[key], value, strategic);
  }
  return result;
}

function applyList(target: AnyObject, patch: AnyObject[]): AnyObject {
  if (patch.some((entry) => entry?.$patch === "replace")) return patch.filter((entry) => entry?.$patch === undefined);
  const mergeKey = ["type", "ip"].find((key) => patch.every((entry) => entry?.[key] !== undefined));
  // Other lists of a status are atomic.
  if (mergeKey === undefined) return patch;
  const merged = [...(target ?? [])];
  for (const entry of patch) {
    const index = merged.findIndex((other) => other[mergeKey] === entry[mergeKey]);
    if (entry.$patch === "delete") {
      if (index >= 0) merged.splice(index, 1);
    } else if (index < 0) merged.push(applyPatch({}, entry, true));
    else merged[index] = applyPatch(merged[index], entry, true);
  }
  return merged;
}

/** What the API server makes of an object: Go writes out empty structs and times that are not set, and amounts its own way. */
export function asServed(object: AnyObject): AnyObject {
  if (object.kind === "Node" && object.status !== undefined) return { ...object, status: servedNodeStatus(object.status) };
  if (object.kind !== "Pod") return object;
  const { status = { phase: "Pending", qosClass: "BestEffort" } } = object;
  const lists = ["initContainerStatuses", "containerStatuses"].filter((field) => status[field] !== undefined);
  return {
    ...object,
    status: { ...status, ...Object.fromEntries(lists.map((field) => [field, status[field].map(servedStatus)])) },
  };
}

function servedNodeStatus(status: AnyObject): AnyObject {
  const served = (amounts: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, Quantity.parse(amount).toString()]));
  return { ...status, capacity: served(status.capacity), allocatable: served(status.allocatable) };
}

function servedStatus(status: AnyObject): AnyObject {
  return { ...status, state: servedState(status.state), lastState: servedState(status.lastState ?? {}) };
}

function servedState(state: AnyObject): AnyObject {
  if (state.running !== undefined) return { running: { startedAt: null, ...state.running } };
  if (state.terminated !== undefined) return { terminated: { startedAt: null, finishedAt: null, ...state.terminated } };
  return state;
}
