import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ResolvedFile, ResolvedPod } from "@vkubelet/core";
import type { ProcessPlan } from "../translate/process-plan.ts";
import { layout } from "./layout.ts";

/** Leaves a file to the user that it belongs to. */
const sameUser = -1;

type Ownership = Pick<ProcessPlan, "fileGroup" | "tokenUser">;

/**
 * Writes the volumes of a pod below its directory: emptyDir as an empty directory of mode 0777, files with their
 * modes. Nobody but the provider's user gets as far as them, since the directories above are 0700.
 *
 * With a fsGroup everything belongs to that group, with the bits that the kubelet adds (`pkg/volume/volume_linux.go`,
 * changeFilePermission): 0660 where a volume can be written, 0440 for files that cannot, and for directories 0110 and
 * setgid.
 */
export async function writeVolumes(
  podDirectory: string,
  pod: ResolvedPod,
  ownership: Ownership,
): Promise<void> {
  for (const volume of pod.volumes) {
    if (volume.type === "reference") continue;
    const root = layout.volume(podDirectory, volume.name);
    await mkdir(root, { recursive: true, mode: 0o755 });
    if (volume.type === "emptyDir") {
      await own(root, 0o777, 0o2770, ownership.fileGroup);
      continue;
    }
    for (const file of volume.files) await writeOne(root, file, ownership);
    await own(root, 0o755, 0o2550, ownership.fileGroup);
  }
}

async function writeOne(
  root: string,
  file: ResolvedFile,
  { fileGroup, tokenUser }: Ownership,
): Promise<void> {
  const path = join(root, file.path);
  const isToken = file.expiresAt !== undefined;
  for (const directory of await makeAbove(root, path)) await own(directory, 0o755, 0o2550, fileGroup);
  await writeFile(path, file.content, { mode: 0o600 });
  if (isToken && tokenUser !== undefined) await chown(path, tokenUser, 0);
  await own(path, file.mode, 0o440, fileGroup);
}

/** Makes the directories between `root` and `path`; all of them, whether or not they were there. */
async function makeAbove(root: string, path: string): Promise<readonly string[]> {
  const directories: string[] = [];
  for (let directory = dirname(path); directory !== root; directory = dirname(directory))
    directories.push(directory);
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  return directories;
}

/** mkdir is subject to the umask, chmod is not. */
async function own(path: string, mode: number, groupBits: number, group: number | undefined): Promise<void> {
  if (group !== undefined) await chown(path, sameUser, group);
  await chmod(path, group === undefined ? mode : mode | groupBits);
}
