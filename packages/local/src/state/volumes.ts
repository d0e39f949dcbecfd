import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ResolvedPod } from "@vkubelet/core";
import { layout } from "./layout.ts";

/**
 * Writes the volumes of a pod below its directory: emptyDir as an empty directory of mode 0777, files with their
 * modes. Nobody but the provider's user gets as far as them, since the directories above are 0700.
 */
export async function writeVolumes(podDirectory: string, pod: ResolvedPod): Promise<void> {
  for (const volume of pod.volumes) {
    if (volume.type === "reference") continue;
    const root = layout.volume(podDirectory, volume.name);
    await mkdir(root, { recursive: true, mode: 0o755 });
    if (volume.type === "emptyDir") {
      // mkdir is subject to the umask, chmod is not.
      await chmod(root, 0o777);
      continue;
    }
    for (const file of volume.files) {
      const path = join(root, file.path);
      await mkdir(dirname(path), { recursive: true, mode: 0o755 });
      await writeFile(path, file.content, { mode: 0o600 });
      await chmod(path, file.mode);
    }
  }
}
