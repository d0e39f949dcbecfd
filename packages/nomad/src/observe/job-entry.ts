import type { Allocation, Evaluation, JobStub } from "../wire.ts";

/** Everything that is known about one job. */
export interface JobEntry {
  readonly job: JobStub;
  readonly allocations: ReadonlyMap<string, Allocation>;
  readonly evaluation: Evaluation | undefined;
  /** Whether this process has asked Nomad to stop it. */
  readonly deleting: boolean;
}

/** The allocation that stands for the pod: the newest that nothing has replaced. */
export function currentAllocation(entry: JobEntry): Allocation | undefined {
  let current: Allocation | undefined;
  for (const allocation of entry.allocations.values()) {
    if (allocation.NextAllocation) continue;
    if (current === undefined || allocation.CreateIndex > current.CreateIndex) current = allocation;
  }
  return current;
}

/**
 * Grows with every change of the job, of any of its allocations and of its evaluation, which Nomad counts with one
 * common index each. Their sum never stands still when one of them moves; their maximum would.
 */
export function versionOf(entry: JobEntry): number {
  let allocationIndex = 0;
  for (const allocation of entry.allocations.values()) {
    allocationIndex = Math.max(allocationIndex, allocation.ModifyIndex);
  }
  return entry.job.ModifyIndex + allocationIndex + (entry.evaluation?.ModifyIndex ?? 0);
}

/** Whether any task of the allocation has ever run. */
export function hasStarted(allocation: Allocation): boolean {
  return Object.values(allocation.TaskStates ?? {}).some(
    (state) =>
      (typeof state.StartedAt === "string" && !state.StartedAt.startsWith("0001-")) ||
      (state.Events ?? []).some((event) => event.Type === "Started"),
  );
}

/** Whether nothing of the allocation runs or will run. */
export function isTerminal(allocation: Allocation): boolean {
  return ["complete", "failed", "lost"].includes(allocation.ClientStatus);
}
