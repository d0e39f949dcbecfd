import type { MachineTools } from "../machine/tools.ts";

/** A mount whose source has been prepared on disk. */
export interface ReadyMount {
  /** Absolute path of an existing file or directory. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** Shell text that puts the mounts in place, in a private mount namespace. Empty without mounts. */
export function mountCommands(
  mounts: readonly ReadyMount[],
  _instanceDirectory: string,
  _tools: MachineTools,
): string {
  if (mounts.length === 0) return "";
  return "vkubelet_fail 'mounts are not supported'\n";
}
