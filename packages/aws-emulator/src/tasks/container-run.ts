import { hexId } from "../identifiers.ts";
import type { RunningProcess } from "../processes/process-table.ts";
import type { ContainerPlan, DependencyCondition } from "./container-plan.ts";

/** Whether the dependants of a container may start. */
export type DependencyVerdict = "wait" | "met" | "never";

/** The state of one container of a task. */
export class ContainerRun {
  readonly plan: ContainerPlan;
  status: "PENDING" | "RUNNING" | "STOPPED" = "PENDING";
  /** Absent as long as it has not run to its end. */
  exitCode: number | undefined;
  reason: string | undefined;
  health: "HEALTHY" | "UNHEALTHY" | "UNKNOWN" = "UNKNOWN";
  runtimeId: string | undefined;
  /** Milliseconds since the epoch, of the latest process. */
  startedAt = 0;
  /** Processes started so far. */
  starts = 0;
  process: RunningProcess | undefined;
  /** Whether the end was asked for. */
  signalled = false;
  startTimedOut = false;
  /** Ends timers and health checks that belong to the running process. */
  timers: AbortController = new AbortController();

  constructor(plan: ContainerPlan) {
    this.plan = plan;
  }

  started(process: RunningProcess, now: number): void {
    this.status = "RUNNING";
    this.process = process;
    this.startedAt = now;
    this.starts += 1;
    this.exitCode = undefined;
    this.runtimeId = `${hexId(32)}-${hexId(10)}`;
    this.timers = new AbortController();
  }

  stopped(exitCode: number | undefined, reason?: string): void {
    this.status = "STOPPED";
    this.exitCode = exitCode;
    this.process = undefined;
    if (reason !== undefined) this.reason = reason;
    this.timers.abort();
  }

  /** Whether `condition` holds of this container (ECS API reference, ContainerDependency). */
  verdict(condition: DependencyCondition): DependencyVerdict {
    const met = this.#holds(condition);
    if (met) return "met";
    return this.status === "STOPPED" || this.startTimedOut ? "never" : "wait";
  }

  #holds(condition: DependencyCondition): boolean {
    switch (condition) {
      case "START":
        return this.starts > 0;
      case "COMPLETE":
        return this.status === "STOPPED" && this.exitCode !== undefined;
      case "SUCCESS":
        return this.status === "STOPPED" && this.exitCode === 0;
      case "HEALTHY":
        return this.status === "RUNNING" && this.health === "HEALTHY";
    }
  }
}
