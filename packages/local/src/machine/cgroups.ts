import { randomUUID } from "node:crypto";
import { mkdir, readdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, isThere } from "../state/files.ts";
import type { PlannedLimits } from "../translate/process-plan.ts";

/** Where containers with limits get control groups: one tree (v2), or one for memory and one for processor time (v1). */
export type CgroupTrees =
  | { readonly version: 2; readonly base: string }
  | { readonly version: 1; readonly memory: string; readonly cpu: string };

/** The control groups of one instance. */
export interface InstanceCgroup {
  readonly directories: readonly string[];
  /** The file whose line `oom_kill` counts processes that were killed for want of memory. */
  readonly events: string;
}

const baseName = "vkubelet";
const periodMicroseconds = 100_000;

/**
 * The trees below `root` if this process may make control groups there, with an own branch in each as the kubelet has
 * its `kubepods`; undefined where there are none, they cannot be written, or memory or processor time is missing.
 */
export async function findCgroups(root = "/sys/fs/cgroup"): Promise<CgroupTrees | undefined> {
  const trees: CgroupTrees = (await isThere(join(root, "cgroup.controllers")))
    ? { version: 2, base: join(root, baseName) }
    : { version: 1, memory: join(root, "memory", baseName), cpu: join(root, "cpu", baseName) };
  const trial = `trial-${process.pid}-${randomUUID()}`;
  try {
    if (trees.version === 1)
      for (const directory of [trees.memory, trees.cpu]) await makeDirectory(directory);
    else {
      for (const directory of [root, trees.base]) {
        if (directory !== root) await makeDirectory(directory);
        await writeFile(join(directory, "cgroup.subtree_control"), "+cpu +memory");
      }
    }
    // Limits that bind nobody: what is asked is whether the files are there and can be written.
    const { directories } = await makeCgroup(trees, trial, {
      memoryBytes: 2 ** 40,
      cpuMilli: 1000,
      cpuShares: 2,
    });
    for (const directory of directories) await rmdir(directory);
    await removeLeftTrials(trees);
    return trees;
  } catch {
    // Not mounted, read-only, or not ours to divide: limits are then counted and not enforced, as reports say.
    return undefined;
  }
}

/** Makes the control groups of an instance and sets its limits; does so again for one that is there. */
export async function makeCgroup(
  trees: CgroupTrees,
  name: string,
  limits: PlannedLimits,
): Promise<InstanceCgroup> {
  const [memory, cpu] =
    trees.version === 2
      ? [join(trees.base, name), join(trees.base, name)]
      : [join(trees.memory, name), join(trees.cpu, name)];
  const directories = [...new Set([memory, cpu])];
  for (const directory of directories) await makeDirectory(directory);
  const values = trees.version === 2 ? valuesOfV2(limits) : valuesOfV1(limits);
  for (const [file, value] of values) {
    await writeFile(join(file.startsWith("memory.") ? memory : cpu, file), value);
  }
  return { directories, events: join(memory, trees.version === 2 ? "memory.events" : "memory.oom_control") };
}

/** Removes trials of processes that ended in the middle of one. */
function removeLeftTrials(trees: CgroupTrees): Promise<void> {
  return removeWhere(trees, (name) => {
    const [, pid] = /^trial-(\d+)-/.exec(name) ?? [];
    return pid !== undefined && !isAlive(Number(pid));
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Removes the control groups whose names begin so, as far as nothing runs in them. */
export function removeCgroups(trees: CgroupTrees, prefix: string): Promise<void> {
  return removeWhere(trees, (name) => name.startsWith(prefix));
}

async function removeWhere(trees: CgroupTrees, isWanted: (name: string) => boolean): Promise<void> {
  for (const base of trees.version === 2 ? [trees.base] : [trees.memory, trees.cpu]) {
    for (const name of await readdir(base)) {
      if (!isWanted(name)) continue;
      try {
        await rmdir(join(base, name));
      } catch (error) {
        // Whatever left its process group and still runs keeps its limits.
        if (!isMissing(error) && (error as NodeJS.ErrnoException).code !== "EBUSY") throw error;
      }
    }
  }
}

/** Name of the control groups of an instance. */
export function cgroupName(uid: string, container: string, number: number): string {
  return `${uid}_${container}_${number}`;
}

function quotaOf(cpuMilli: number): number {
  return Math.max(1000, Math.floor((cpuMilli * periodMicroseconds) / 1000));
}

function valuesOfV1({
  memoryBytes,
  cpuMilli,
  cpuShares,
}: PlannedLimits): readonly (readonly [string, string])[] {
  return [
    ...(memoryBytes === undefined ? [] : [["memory.limit_in_bytes", String(memoryBytes)] as const]),
    ["cpu.shares", String(cpuShares)],
    ...(cpuMilli === undefined
      ? []
      : [
          ["cpu.cfs_period_us", String(periodMicroseconds)] as const,
          ["cpu.cfs_quota_us", String(quotaOf(cpuMilli))] as const,
        ]),
  ];
}

/** As the kubelet sets them (KEP-2254): memory that runs out ends all processes of the container. */
function valuesOfV2({
  memoryBytes,
  cpuMilli,
  cpuShares,
}: PlannedLimits): readonly (readonly [string, string])[] {
  return [
    ...(memoryBytes === undefined
      ? []
      : [["memory.max", String(memoryBytes)] as const, ["memory.oom.group", "1"] as const]),
    ["cpu.weight", String(weightOf(cpuShares))],
    ...(cpuMilli === undefined ? [] : [["cpu.max", `${quotaOf(cpuMilli)} ${periodMicroseconds}`] as const]),
  ];
}

/**
 * A weight for shares as the kubelet and container runtimes convert them since `github.com/opencontainers/cgroups` 0.0.5:
 * the least, the most and the default of both agree, so that one processor weighs as much as what has no control group.
 */
function weightOf(cpuShares: number): number {
  if (cpuShares <= 2) return 1;
  if (cpuShares >= 262_144) return 10_000;
  const log = Math.log2(cpuShares);
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34));
}

/** Makes one directory, which may be there. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
