import type { PodCondition, PodStatus } from "@vkubelet/core";

/** Why a pod still has other cpu and memory than its spec says (pod-semantics F7, A9). */
export interface PendingResize {
  /** `Infeasible`: never as things are. `Deferred`: not now. */
  readonly reason: "Infeasible" | "Deferred";
  readonly message: string;
}

const type = "PodResizePending";

/** The condition of a resize that is pending, as the status has it. */
export function resizeConditionOf(status: PodStatus | undefined): PodCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** The status with the condition of a resize that is pending, or without it where none is. */
export function withResizeCondition(
  status: PodStatus,
  pending: PendingResize | undefined,
  now: string,
  observedGeneration: number | undefined,
): PodStatus {
  const before = resizeConditionOf(status);
  if (pending === undefined && before === undefined) return status;
  const others = (status.conditions ?? []).filter((condition) => condition !== before);
  if (pending === undefined) return { ...status, conditions: others };
  const condition: PodCondition = {
    type,
    status: "True",
    ...pending,
    lastTransitionTime: before?.lastTransitionTime ?? now,
    ...(observedGeneration !== undefined && { observedGeneration }),
  };
  return { ...status, conditions: [...others, condition] };
}
