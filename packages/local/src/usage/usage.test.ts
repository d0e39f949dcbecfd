import { describe, expect, it } from "vitest";
import { machineUsage } from "./machine-usage.ts";
import { parseProcessRow } from "./process-table.ts";
import { usageOfPods } from "./sum-processes.ts";

const row =
  "42 (a (b) c) S 1 42 40 0 -1 4194304 100 0 0 0 150 50 20 5 20 0 1 0 12345 1000000 25 18446744073709551615";

describe("usage", () => {
  it("reads a process whatever its name is", () => {
    expect(parseProcessRow(row, 4_096)).toEqual({
      pid: 42,
      session: 40,
      cpuSeconds: 2.25,
      residentBytes: 102_400,
    });
    expect(parseProcessRow("", 4_096)).toBeUndefined();
    expect(parseProcessRow("42 (x", 4_096)).toBeUndefined();
  });

  it("sums the sessions of a pod's programs, and leaves out those that have ended", () => {
    const ref = { namespace: "n", name: "p", uid: "u" };
    const program = (container: string, pid: number) => ({ container, pid, startedAtMs: pid });
    const process = (pid: number, session: number) => ({
      pid,
      session,
      cpuSeconds: pid,
      residentBytes: 10 * pid,
    });
    const usage = usageOfPods(
      [{ ref, startedAtMs: 5, programs: [program("a", 1), program("b", 4), program("gone", 9)] }],
      // The second program has not begun its own session yet.
      [process(1, 1), process(2, 1), process(4, 3), process(3, 3), process(7, 7)],
      1_000,
    );
    const container = (name: string, startedAt: number, cpuSeconds: number, bytes: number) => ({
      ...{ name, startedAt, at: 1_000, cpuSeconds },
      ...{ workingSetBytes: bytes, memoryBytes: bytes, residentBytes: bytes },
    });
    expect(usage).toEqual([
      { ref, startedAt: 5, containers: [container("a", 1, 3, 30), container("b", 4, 4, 40)], processes: 3 },
    ]);
  });

  it("takes idle time for none, and what is available for free", () => {
    const stat = "cpu  100 10 200 9999 50 1 2 3 0 0\ncpu0 1 1 1 1\n";
    const memory = "MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    400 kB\n";
    expect(machineUsage(stat, memory, 7)).toEqual({
      at: 7,
      cpuSeconds: 3.16,
      workingSetBytes: 600 * 1_024,
      memoryBytes: 900 * 1_024,
    });
  });
});
