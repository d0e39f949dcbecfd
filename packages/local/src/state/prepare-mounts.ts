import { chmod, lstat, mkdir, realpath, stat, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import type { ReadyMount } from "../supervise/mount-script.ts";
import type { PlannedContainer, PlannedMount, ProcessPlan } from "../translate/process-plan.ts";
import { isMissing } from "./files.ts";
import { layout } from "./layout.ts";
import { StartFailure } from "./start-failure.ts";

/**
 * Sources of a container's mounts, each an existing path. A missing subPath of an emptyDir is made, with the mode of
 * the volume. A subPath that leads out of its volume through a link fails the start.
 */
export async function prepareMounts(
  podDirectory: string,
  plan: ProcessPlan,
  container: PlannedContainer,
): Promise<readonly ReadyMount[]> {
  const mounts: ReadyMount[] = [];
  for (const mount of container.mounts) {
    mounts.push({
      source: await sourceOf(podDirectory, plan, mount),
      target: mount.mountPath,
      readOnly: mount.readOnly || isOfType(plan, mount.volume, "files"),
      ours: !isOfType(plan, mount.volume, "hostPath"),
    });
  }
  return mounts;
}

function isOfType(plan: ProcessPlan, volume: string, wanted: "files" | "hostPath"): boolean {
  return plan.volumes.some(({ name, type }) => name === volume && type === wanted);
}

async function sourceOf(podDirectory: string, plan: ProcessPlan, mount: PlannedMount): Promise<string> {
  const volume = plan.volumes.find(({ name }) => name === mount.volume);
  if (volume === undefined) throw new StartFailure(`volume ${mount.volume} is not part of the pod`);
  const path = volume.type === "hostPath" ? volume.path : layout.volume(podDirectory, volume.name);
  const root = await real(path);
  if (root === undefined)
    throw new StartFailure(`volume ${volume.name}: ${path} does not exist on this machine`);
  if (mount.subPath === undefined || mount.subPath === "") return root;
  const found = await real(join(root, mount.subPath));
  if (found !== undefined) return within(root, found, mount);
  if (volume.type !== "emptyDir") {
    throw new StartFailure(`volume ${volume.name} has no ${mount.subPath} to mount at ${mount.mountPath}`);
  }
  return makeBelow(root, mount);
}

/** Makes the missing directories one by one, so that a link on the way cannot lead out of the volume. */
async function makeBelow(root: string, mount: PlannedMount): Promise<string> {
  const { mode } = await stat(root);
  let path = root;
  for (const part of (mount.subPath ?? "").split("/").filter((name) => name !== "" && name !== ".")) {
    path = join(path, part);
    const known = await lstat(path).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (known !== undefined) {
      path = within(root, (await real(path)) ?? "", mount);
      continue;
    }
    await mkdir(path);
    await chmod(path, mode & 0o7777);
  }
  return path;
}

function within(root: string, path: string, mount: PlannedMount): string {
  if (path === root || path.startsWith(root + sep)) return path;
  throw new StartFailure(`subPath ${mount.subPath} of volume ${mount.volume} leads out of the volume`);
}

async function real(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The empty file that a container may write its last words to, in its instance's directory. */
export async function makeTerminationFile(path: string): Promise<void> {
  await writeFile(path, "", { mode: 0o666 });
  await chmod(path, 0o666);
}
