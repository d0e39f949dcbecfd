import type { ObjectMeta, Pod, PodCondition, PodRef, PodStatus } from "@vkubelet/core";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import { isConflict, isInvalid, isNotFound } from "../api/kube-api-error.ts";
import { isSameButForUnset } from "./without-unset.ts";

/** The conditions that a node owns (pod-semantics T5); all others belong to somebody else and are never written. */
const ownedConditions: ReadonlySet<string> = new Set([
  "PodScheduled",
  "Initialized",
  "ContainersReady",
  "Ready",
  "PodReadyToStartContainers",
  "PodResizePending",
  "PodResizeInProgress",
  "AllContainersRestarting",
  "DisruptionTarget",
]);

/** Those of them that are there only while they hold. */
const removableConditions: ReadonlySet<string> = new Set(["PodResizePending", "PodResizeInProgress"]);

/** Fields whose absence means "remove it": a patch must say null. */
const removableFields = [
  "reason",
  "message",
  "podIP",
  "hostIP",
  "startTime",
  "initContainerStatuses",
  "containerStatuses",
  "ephemeralContainerStatuses",
] as const;

/** The same, as lists that a patch must replace: their merge would keep what is there. */
const replacedFields = ["podIPs", "hostIPs"] as const;

const takenBack: ReadonlySet<string> = new Set([...removableFields, ...replacedFields]);

/** A pod after a write of its status: what the API server says of it, and the status that follows from the write. */
export interface WrittenPod {
  readonly metadata?: ObjectMeta;
  readonly status: PodStatus;
}

/**
 * Writes `status` over `current` by a strategic merge patch that holds only what the node owns, with the UID as
 * precondition. Resolves to the pod as it now is, to `"unchanged"` without a request when there is
 * nothing to write, or to `"gone"` when this pod (by UID) exists no more. Other errors are thrown, to be retried.
 */
export async function writePodStatus(
  client: KubeApiClient,
  ref: PodRef,
  current: PodStatus | undefined,
  status: PodStatus,
  signal: AbortSignal,
): Promise<WrittenPod | "unchanged" | "gone"> {
  const patch = statusPatch(current ?? {}, status);
  if (patch === undefined) return "unchanged";
  const path = `/api/v1/namespaces/${ref.namespace}/pods/${ref.name}`;
  try {
    const body = { metadata: { uid: ref.uid }, status: patch };
    const options = { answer: "metadata", signal } as const;
    const { metadata } = await client.patch<Pod>(`${path}/status`, body, "strategic", options);
    return { ...(metadata === undefined ? {} : { metadata }), status: statusAfter(current ?? {}, status) };
  } catch (error) {
    if (isNotFound(error)) return "gone";
    if (!isConflict(error) && !isInvalid(error)) throw error;
    // Either another pod bears the name now, or the fault lies elsewhere: look which it was.
    const present = await client.get<Pod>(path, { signal, absentOn404: true });
    if (present?.metadata?.uid !== ref.uid) return "gone";
    throw error;
  }
}

/** The strategic merge patch from `current` to `next`, or undefined when they agree on everything that a node owns. */
export function statusPatch(current: PodStatus, next: PodStatus): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(next)) {
    if (field === "conditions" || isSameButForUnset(current[field as keyof PodStatus], value)) continue;
    patch[field] = replacedFields.some((name) => name === field) ? replacedList(value) : value;
  }
  for (const field of removableFields) {
    if (current[field] !== undefined && next[field] === undefined) patch[field] = null;
  }
  for (const field of replacedFields) {
    if ((current[field]?.length ?? 0) > 0 && next[field] === undefined) patch[field] = replacedList([]);
  }
  const conditions = changedConditions(current.conditions ?? [], next.conditions ?? []);
  if (conditions.length > 0) patch["conditions"] = conditions;
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** What `next` leaves of `current`: fields of which a node says nothing stay, those that it takes back go. */
function statusAfter(current: PodStatus, next: PodStatus): PodStatus {
  const kept = Object.entries(current).filter(([field]) => !takenBack.has(field));
  return { ...Object.fromEntries(kept), ...next };
}

/** Lists with a merge key would be merged with what is there; this directive replaces them. */
function replacedList(value: unknown): readonly unknown[] {
  return [{ $patch: "replace" }, ...(value as readonly unknown[])];
}

function changedConditions(
  current: readonly PodCondition[],
  next: readonly PodCondition[],
): readonly object[] {
  // Owned and not there any more: a strategic merge keeps what it is not told to delete.
  const ended = current
    .filter(({ type }) => removableConditions.has(type) && !next.some((other) => other.type === type))
    .map(({ type }) => ({ $patch: "delete", type }));
  const changed = next
    .filter((condition) => {
      if (!ownedConditions.has(condition.type)) return false;
      const before = current.find((other) => other.type === condition.type);
      return !isSameButForUnset(before, condition);
    })
    .map((condition) => {
      const before = current.find((other) => other.type === condition.type);
      return {
        ...condition,
        ...(before?.reason !== undefined && condition.reason === undefined ? { reason: null } : {}),
        ...(before?.message !== undefined && condition.message === undefined ? { message: null } : {}),
      };
    });
  return [...changed, ...ended];
}
