import type { ContainerUsage, PodRef, PodUsage } from "@vkubelet/core";
import type { ProcessRow } from "./process-table.ts";

/** A container's program that runs. */
export interface RunningProgram {
  readonly container: string;
  readonly pid: number;
  readonly startedAtMs: number;
}

/** The programs of one pod. */
export interface RunningPod {
  readonly ref: PodRef;
  readonly startedAtMs: number;
  readonly programs: readonly RunningProgram[];
}

/**
 * What pods use: the sum over the sessions of their programs. Pages that several processes share count for each, and
 * what a process started in a session of its own is not counted.
 */
export function usageOfPods(
  pods: readonly RunningPod[],
  rows: readonly ProcessRow[],
  at: number,
): PodUsage[] {
  // A program that has just been started is in its watcher's session for a moment, and yet is the container's.
  const first = new Set(pods.flatMap(({ programs }) => programs.map(({ pid }) => pid)));
  const bySession = Map.groupBy(rows, ({ pid, session }) => (first.has(pid) ? pid : session));
  return pods.map(({ ref, startedAtMs, programs }) => {
    const sessions = programs.map(({ pid }) => bySession.get(pid) ?? []);
    return {
      ref,
      startedAt: startedAtMs,
      containers: programs.flatMap((program, index) => containerUsage(program, sessions[index] ?? [], at)),
      processes: sessions.reduce((count, { length }) => count + length, 0),
    };
  });
}

/** Nothing for a program that has just ended. */
function containerUsage(
  { container, startedAtMs }: RunningProgram,
  rows: readonly ProcessRow[],
  at: number,
): readonly ContainerUsage[] {
  if (rows.length === 0) return [];
  const residentBytes = rows.reduce((sum, row) => sum + row.residentBytes, 0);
  return [
    {
      name: container,
      startedAt: startedAtMs,
      at,
      cpuSeconds: rows.reduce((sum, row) => sum + row.cpuSeconds, 0),
      workingSetBytes: residentBytes,
      memoryBytes: residentBytes,
      residentBytes,
    },
  ];
}
