import type { ResolvedFile, ResolvedMount, ResolvedPod } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import type { FilledVolume, PlacedFile } from "./file-volumes.ts";
import { cleanPath, folderObstacle, isBelow } from "./folder-obstacle.ts";
import type { LocatedContainer } from "./spec-paths.ts";
import type { MappedMount } from "./volume-mapping.ts";
import { subPathOf, type VolumeUse } from "./volume-uses.ts";

/** A mount of one file of a volume, which no mount of ECS can be. */
interface FileUse {
  readonly use: VolumeUse;
  readonly file: ResolvedFile;
  readonly mount: ResolvedMount;
  /** The directory that holds the file in the container. */
  readonly folder: string;
  readonly name: string;
}

/** Mounts of single files as far as they have become mounts of directories. */
export interface SingleFiles {
  readonly uses: ReadonlySet<VolumeUse>;
  readonly filled: readonly FilledVolume[];
  mountsOf(located: LocatedContainer): readonly MappedMount[];
}

const wayOut =
  "mount the volume at a directory of its own and point the program there, pass the content in a variable, or put the file into the image";

/**
 * For the mounts whose `subPath` is a single file of a volume: a rejection by path, and what a pod may accept instead,
 * which is a volume at the directory around the file. It holds all the files that the container has there one by one,
 * and hides what the image has there; containers with the same files share it. Where that cannot work there is nothing
 * to accept.
 */
export function planSingleFiles(
  pod: ResolvedPod,
  uses: readonly VolumeUse[],
  account: FieldAccount,
): SingleFiles {
  const single = uses.flatMap((use) => fileUse(pod, use) ?? []);
  const volumes = new Map<string, FilledVolume>();
  const mounts = new Map<string, MappedMount[]>();
  for (const group of groupsOf(single)) {
    const { located, folder } = group;
    const obstacle = folderObstacle(
      located,
      folder,
      group.files.map(({ mount }) => mount),
    );
    for (const { use } of group.files) reject(use, folder, obstacle, account);
    if (obstacle !== undefined) continue;
    const content = contentOf(group, targetsOf(located, single));
    const key = JSON.stringify([
      content.files.map(({ source, file, path }) => [source, file.path, path]),
      content.mountPoints,
    ]);
    const volume = volumes.get(key) ?? { name: `vkubelet_files_${volumes.size}`, ...content };
    volumes.set(key, volume);
    const mount = { sourceVolume: volume.name, containerPath: folder, readOnly: true };
    mounts.set(located.path, [...(mounts.get(located.path) ?? []), mount]);
  }
  return {
    uses: new Set(single.map(({ use }) => use)),
    filled: [...volumes.values()],
    mountsOf: ({ path }) => mounts.get(path) ?? [],
  };
}

function reject(use: VolumeUse, folder: string, obstacle: string | undefined, account: FieldAccount): void {
  if (obstacle !== undefined) account.reject(subPathOf(use), `${obstacle}: ${wayOut}`);
  else {
    account.reject(
      subPathOf(use),
      `a mount takes a directory, not a single file: ${wayOut}`,
      `${folder} is replaced by a read-only directory with nothing but what is mounted there; what the image has in it is hidden`,
    );
  }
}

function fileUse(pod: ResolvedPod, use: VolumeUse): FileUse | undefined {
  const volume = pod.volumes.find(({ name }) => name === use.volume);
  const mount = use.located.container.mounts[use.index];
  if (volume?.type !== "files" || !mount) return undefined;
  const file = volume.files.find(({ path }) => path === use.subPath);
  if (!file) return undefined;
  const path = cleanPath(mount.mountPath);
  const end = path.lastIndexOf("/");
  return { use, file, mount, folder: path.slice(0, end) || "/", name: path.slice(end + 1) };
}

interface FileGroup {
  readonly located: LocatedContainer;
  readonly folder: string;
  readonly files: readonly FileUse[];
}

/** The files of every directory of every container, in the order of the first of each. */
function groupsOf(single: readonly FileUse[]): readonly FileGroup[] {
  const groups = new Map<string, FileGroup>();
  for (const entry of single) {
    const { located } = entry.use;
    const key = `${located.path} ${entry.folder}`;
    const files = [...(groups.get(key)?.files ?? []), entry];
    groups.set(key, { located, folder: entry.folder, files });
  }
  return [...groups.values()];
}

/** Where the container has mounts in the end: for single files that is the directory around them. */
function targetsOf({ container }: LocatedContainer, single: readonly FileUse[]): readonly string[] {
  const folders = new Map(single.map(({ mount, folder }) => [mount, folder]));
  return container.mounts.map((mount) => folders.get(mount) ?? cleanPath(mount.mountPath));
}

/** In an order that does not depend on that of the mounts. */
function contentOf({ folder, files }: FileGroup, targets: readonly string[]): Omit<FilledVolume, "name"> {
  const placed = files.map(({ file, name, use }): PlacedFile => ({ file, source: use.volume, path: name }));
  const within = new Set(targets.filter((path) => isBelow(path, folder)));
  return {
    files: placed.sort((one, other) => (one.path < other.path ? -1 : 1)),
    mountPoints: [...within].map((path) => path.slice(folder.length + 1)).sort(),
  };
}
