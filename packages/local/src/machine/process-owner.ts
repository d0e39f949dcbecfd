import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../state/files.ts";
import { StartFailure } from "../state/start-failure.ts";
import { knownCapabilities } from "../translate/capabilities.ts";
import type { PlannedSecurity } from "../translate/process-plan.ts";

/** The ids that a program gets. */
export interface ProcessOwner {
  readonly uid: number;
  readonly gid: number;
  /** Ascending, with `gid`. */
  readonly groups: readonly number[];
}

/** The ids that a program gets: the passwd and group files of its root count, which is this machine's own by default. */
export async function processOwner(security: PlannedSecurity, root = "/"): Promise<ProcessOwner> {
  const [passwd, group] = await Promise.all(
    ["etc/passwd", "etc/group"].map((name) => readOrEmpty(join(root, name))),
  );
  return ownerBy(security, passwd, group);
}

/**
 * As container runtimes decide: a group that nobody set is the user's own by passwd, else 0, and the groups that list
 * the user by name come in addition unless the pod says `Strict`.
 */
export function ownerBy(
  { user: wanted, imageUser, group, groups, mergeGroups }: PlannedSecurity,
  passwd = "",
  groupFile = "",
): ProcessOwner {
  const [imagesUser, imagesGroup] = imageUser?.split(":") ?? [];
  const user = wanted ?? idOf(imagesUser ?? "0", "user", passwd);
  const entry = rows(passwd).find(([, , uid]) => uid === String(user));
  // The group of the image goes with its user: whoever names another user names another group, or gets his own.
  const named = wanted === undefined && imagesGroup !== undefined ? imagesGroup : undefined;
  const gid = group ?? (named === undefined ? Number(entry?.[3] ?? 0) : idOf(named, "group", groupFile));
  const name = entry?.[0];
  const memberships =
    mergeGroups && name !== undefined
      ? rows(groupFile).flatMap(([, , id, members = ""]) =>
          members.split(",").includes(name) ? [Number(id)] : [],
        )
      : [];
  const all = new Set([gid, ...groups, ...memberships]);
  return { uid: user, gid, groups: [...all].sort((a, b) => a - b) };
}

/** Capabilities that a program is to have and this process cannot give, as it lacks them itself. */
export async function missingCapabilities({
  capabilities = [],
}: PlannedSecurity): Promise<readonly string[]> {
  const status = await readFile("/proc/self/status", "latin1");
  const mask = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  return capabilities.filter((name) => ((mask >> BigInt(knownCapabilities.indexOf(name))) & 1n) === 0n);
}

/** A number as it is, a name by its file; `StartFailure` where it has none, as by a container runtime. */
function idOf(written: string, kind: "user" | "group", file: string): number {
  if (/^\d+$/.test(written)) return Number(written);
  const id = rows(file).find(([name]) => name === written)?.[2];
  if (id !== undefined) return Number(id);
  throw new StartFailure(
    `unable to find ${kind} ${written}: no matching entries in ${kind === "user" ? "passwd" : "group"} file`,
  );
}

function rows(text: string): readonly (readonly string[])[] {
  return text.split("\n").map((line) => line.split(":"));
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}
