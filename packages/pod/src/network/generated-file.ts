import type { ResolvedContainer } from "@vkubelet/core";

/** The files of a container's own that say who and where it is. */
export type GeneratedFile = "/etc/hosts" | "/etc/hostname" | "/etc/resolv.conf";

/**
 * Whether a container gets the generated file (M5, `makeMounts`; of the others containerd's `linuxContainerMounts`):
 * unless one of its own mounts has that path, which then says all.
 */
export function takesGeneratedFile(
  container: Pick<ResolvedContainer, "mounts">,
  path: GeneratedFile,
): boolean {
  return container.mounts.every(({ mountPath }) => mountPath.replace(/\/+$/, "") !== path);
}
