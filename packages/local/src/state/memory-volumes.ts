import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { promisify } from "node:util";
import { ProviderError } from "@vkubelet/core";
import type { MachineTools } from "../machine/tools.ts";
import type { PlannedVolume, ProcessPlan } from "../translate/process-plan.ts";
import { layout } from "./layout.ts";
import { emptyDirGroupBits } from "./volumes.ts";

type MemoryVolume = Extract<PlannedVolume, { type: "emptyDir" }>;

/**
 * Sees to it that the emptyDir volumes of medium Memory are mounts of tmpfs. Called before every start: a mount does
 * not outlive the machine, and with a shared one all containers of the pod see the same files, restarts included.
 */
export async function mountMemoryVolumes(
  podDirectory: string,
  plan: ProcessPlan,
  tools: MachineTools,
): Promise<void> {
  const wanted = plan.volumes.filter(
    (volume): volume is MemoryVolume => volume.type === "emptyDir" && volume.medium === "Memory",
  );
  if (wanted.length === 0) return;
  const mounted = await mountsBelow(podDirectory);
  for (const volume of wanted) {
    const path = layout.volume(podDirectory, volume.name);
    if (mounted.includes(path)) continue;
    await run(tools.mount ?? "mount", [
      "-t",
      "tmpfs",
      "-o",
      optionsOf(volume, plan.fileGroup),
      "tmpfs",
      path,
    ]);
  }
}

/** Unmounts whatever is mounted below a pod's directory in this namespace, and so frees its memory. */
export async function unmountVolumes(podDirectory: string, tools: MachineTools): Promise<void> {
  if (tools.umount === undefined) return;
  const mounted = await mountsBelow(podDirectory);
  // Lazily: a process that left its group may still hold one, and must not keep the pod from going.
  for (const path of [...mounted].reverse()) await run(tools.umount, ["-l", "--", path]);
}

function optionsOf({ limit }: MemoryVolume, group: number | undefined): string {
  const mode = group === undefined ? 0o777 : 0o777 | emptyDirGroupBits;
  return [
    "nosuid,nodev",
    `mode=${mode.toString(8)}`,
    ...(group === undefined ? [] : [`gid=${group}`]),
    ...(limit === undefined ? [] : [`size=${limit.bytes}`]),
  ].join(",");
}

async function mountsBelow(directory: string): Promise<readonly string[]> {
  const table = await readFile("/proc/self/mountinfo", "utf8");
  return table
    .split("\n")
    .map((line) => plainPath(line.split(" ")[4] ?? ""))
    .filter((path) => path.startsWith(join(directory, "volumes") + sep));
}

/** The kernel writes blanks and backslashes of paths as octal numbers. */
function plainPath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_match, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

async function run(program: string, words: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(program, words, { env: {} });
  } catch (error) {
    throw new ProviderError("Internal", `${program} of a volume failed: ${(error as Error).message.trim()}`, {
      cause: error,
    });
  }
}
