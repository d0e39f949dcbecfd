import type { ResolvedFile, ResolvedVolume } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import { partName, partsOf, subPathOf, type VolumeUse } from "./volume-uses.ts";

/** The content of a volume of type `files`. */
export type FilesVolume = Extract<ResolvedVolume, { readonly type: "files" }>;

/** A file that is written into a volume before the start. */
export interface PlacedFile {
  readonly file: ResolvedFile;
  /** The volume of the pod that it comes from. */
  readonly source: string;
  /** Below the root of the volume of the task. */
  readonly path: string;
}

/** A volume of the task that something is written into before the start. */
export interface FilledVolume {
  /** Of the task. */
  readonly name: string;
  readonly files: readonly PlacedFile[];
  /** Directories below its root on which other volumes are mounted: a read-only mount lets nobody make them later. */
  readonly mountPoints: readonly string[];
}

/** Of every part of a volume of files that is mounted as a directory, the volume of the task with its content. */
export function fileVolumes(
  volume: FilesVolume,
  uses: readonly VolumeUse[],
  account: FieldAccount,
): readonly FilledVolume[] {
  for (const use of uses) {
    const file = volume.files.find(({ path }) => use.subPath.startsWith(`${path}/`));
    if (file) account.reject(subPathOf(use), `lies below ${file.path}, which is a file of the volume`);
  }
  const parts = partsOf(uses);
  return parts.map((part) => ({
    name: partName(volume.name, parts, part),
    files: filesBelow(volume, part),
    mountPoints: [],
  }));
}

/** M1: none where the volume has no such directory, since Kubernetes makes it then, and it stays empty. */
function filesBelow(volume: FilesVolume, part: string): readonly PlacedFile[] {
  const source = volume.name;
  return volume.files.flatMap((file) => {
    if (part === "") return [{ file, source, path: file.path }];
    return file.path.startsWith(`${part}/`) ? [{ file, source, path: file.path.slice(part.length + 1) }] : [];
  });
}
