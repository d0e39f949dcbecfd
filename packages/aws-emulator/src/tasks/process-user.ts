import { LaunchError } from "../processes/process-table.ts";

/**
 * The user of a process from a container's `user`; undefined when that is the emulator's own. Names are of the image,
 * which is not there, so only `root` and numbers are understood. Throws {@link LaunchError}.
 */
export function processUser(text: string): { readonly uid: number; readonly gid: number } | undefined {
  const [userPart = "", groupPart] = text.split(":");
  const uid = idOf(userPart);
  const gid = groupPart === undefined ? (uid === 0 ? 0 : uid) : idOf(groupPart);
  if (uid === undefined || gid === undefined) {
    throw new LaunchError(`user ${text}: only root and numbers are known, since images are not there`);
  }
  if (uid === process.getuid?.()) return undefined;
  if (process.getuid?.() !== 0) {
    throw new LaunchError(`user ${text}: the emulator is not root and cannot run as another user`);
  }
  return { uid, gid };
}

function idOf(text: string): number | undefined {
  if (text === "root") return 0;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
