import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Folder below which every built or installed peer lives: `$XDG_CACHE_HOME` (or `~/.cache`)`/vkubelet/peers`. */
export function peersCacheFolder(): string {
  const configured = process.env["XDG_CACHE_HOME"];
  // The XDG specification says that a relative path is to be ignored.
  const base = configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), ".cache");
  return join(base, "vkubelet", "peers");
}

/** Folder of one version of one peer. It need not exist. */
export function peerFolder(name: string, version: string): string {
  return join(peersCacheFolder(), `${name}-${version}`);
}
