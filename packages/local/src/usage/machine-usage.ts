import { readFile } from "node:fs/promises";
import type { ResourceUsage } from "@vkubelet/core";

/** What the machine as a whole uses, by /proc/stat and /proc/meminfo. */
export async function readMachineUsage(at: number): Promise<ResourceUsage> {
  const [stat, memory] = await Promise.all([
    readFile("/proc/stat", "latin1"),
    readFile("/proc/meminfo", "latin1"),
  ]);
  return machineUsage(stat, memory, at);
}

/** Processor time without idle time; memory that is not available is in use. */
export function machineUsage(stat: string, memory: string, at: number): ResourceUsage {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (
    /^cpu +(.*)$/m.exec(stat)?.[1] ?? ""
  )
    .split(" ")
    .map(Number);
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(memory)?.[1] ?? 0) * 1_024;
  return {
    at,
    cpuSeconds: (user + nice + system + irq + softirq + steal) / 100,
    workingSetBytes: bytes("MemTotal") - bytes("MemAvailable"),
    memoryBytes: bytes("MemTotal") - bytes("MemFree"),
  };
}
