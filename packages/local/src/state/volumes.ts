import { mkdir } from "node:fs/promises";
import type { ResolvedPod } from "@vkubelet/core";
import { type Ownership, setOwner, writeFileVolume } from "./file-volume.ts";
import { layout } from "./layout.ts";

/**
 * Writes the volumes of a pod below its directory: emptyDir as an empty directory of mode 0777, which with a fsGroup
 * belongs to the group (0660 and, as a directory, 0110 and setgid), and files. Nobody but the provider's user gets as
 * far as them, since the directories above are 0700.
 */
export async function writeVolumes(
  podDirectory: string,
  pod: ResolvedPod,
  ownership: Ownership,
  nowMs: number,
): Promise<void> {
  for (const volume of pod.volumes) {
    if (volume.type !== "emptyDir") continue;
    const root = layout.volume(podDirectory, volume.name);
    await mkdir(root, { recursive: true });
    await setOwner(root, 0o777, emptyDirGroupBits, ownership.fileGroup);
  }
  await updateVolumes(podDirectory, pod, ownership, nowMs);
}

/** What the kubelet adds to a volume that can be written, for its group (`pkg/volume/volume_linux.go`). */
export const emptyDirGroupBits = 0o2770;

/** Brings the volumes of files to what the pod holds now. */
export async function updateVolumes(
  podDirectory: string,
  pod: ResolvedPod,
  ownership: Ownership,
  nowMs: number,
): Promise<void> {
  for (const volume of pod.volumes) {
    if (volume.type !== "files") continue;
    await writeFileVolume(layout.volume(podDirectory, volume.name), volume.files, ownership, nowMs);
  }
}
