import type { NodeStub, TaskState } from "../wire.ts";

/** A client node of 4 cores of 2,500 MHz and 8,192 MiB. */
export function fakeNode(id: string, change: Partial<NodeStub> = {}): NodeStub {
  return {
    ID: id,
    Address: "10.0.0.7",
    Datacenter: "dc1",
    NodePool: "default",
    Version: "1.11.3",
    Drain: false,
    SchedulingEligibility: "eligible",
    Status: "ready",
    Drivers: { docker: { Detected: true, Healthy: true }, raw_exec: { Detected: true, Healthy: true } },
    NodeResources: {
      Cpu: { CpuShares: 10_000, TotalCpuCores: 4 },
      Memory: { MemoryMB: 8_192 },
      Disk: { DiskMB: 50_000 },
    },
    ...change,
  };
}

/** States of a task as Nomad reports them. Times are fixed. */
export const taskStates = {
  pending: { State: "pending", Events: [event("Received")] },
  running: { State: "running", StartedAt: "2026-01-01T00:00:01Z", Events: [event("Started")] },
  /** A task that has ended for good. */
  dead(code: number, change: Partial<TaskState> = {}): TaskState {
    const Events = [event("Started"), event("Terminated", { exit_code: String(code), signal: "0" })];
    const FinishedAt = "2026-01-01T00:00:02Z";
    return {
      State: "dead",
      Failed: code !== 0,
      StartedAt: "2026-01-01T00:00:01Z",
      FinishedAt,
      Events,
      ...change,
    };
  },
} as const;

/** A task event at a fixed time. */
export function event(
  Type: string,
  Details: Readonly<Record<string, string>> = {},
  DisplayMessage = "",
): NonNullable<TaskState["Events"]>[number] {
  return { Type, Time: 1_767_225_602_000_000_000, Details, DisplayMessage };
}
