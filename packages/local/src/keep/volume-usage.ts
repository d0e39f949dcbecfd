import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../state/files.ts";
import { layout } from "../state/layout.ts";
import type { ProcessPlan } from "../translate/process-plan.ts";

/** How often volumes with a size limit are measured, in milliseconds: as the kubelet's eviction manager does. */
export const measureIntervalMs = 10_000;

/** Whether any volume of the plan is to be measured. */
export function hasLimits(plan: ProcessPlan): boolean {
  return plan.volumes.some((volume) => volume.type === "emptyDir" && volume.limit?.eviction !== undefined);
}

/** The kubelet's words about the first emptyDir that holds more than its limit (pod-semantics M4); undefined: none does. */
export async function overuseOf(podDirectory: string, plan: ProcessPlan): Promise<string | undefined> {
  for (const volume of plan.volumes) {
    if (volume.type !== "emptyDir" || volume.limit?.eviction === undefined) continue;
    const used = await usedBytes(layout.volume(podDirectory, volume.name), new Set());
    if (used > volume.limit.bytes) return volume.limit.eviction;
  }
  return undefined;
}

/** What files below a path occupy on disk, each once however many names it has. */
async function usedBytes(path: string, seen: Set<string>): Promise<number> {
  try {
    const { blocks, dev, ino } = await lstat(path);
    if (seen.has(`${dev}:${ino}`)) return 0;
    seen.add(`${dev}:${ino}`);
    let used = blocks * 512;
    for (const name of await namesIn(path)) used += await usedBytes(join(path, name), seen);
    return used;
  } catch (error) {
    // The program may remove what was just listed.
    if (isMissing(error)) return 0;
    throw error;
  }
}

async function namesIn(path: string): Promise<readonly string[]> {
  return (await lstat(path)).isDirectory() ? readdir(path) : [];
}
