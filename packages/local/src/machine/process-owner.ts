import { readFile } from "node:fs/promises";
import { isMissing } from "../state/files.ts";
import { knownCapabilities } from "../translate/capabilities.ts";
import type { PlannedSecurity } from "../translate/process-plan.ts";

/** The ids that a program gets. */
export interface ProcessOwner {
  readonly uid: number;
  readonly gid: number;
  /** Ascending, with `gid`. */
  readonly groups: readonly number[];
}

/** The ids that a program gets on this machine, which stands in for the image: its passwd and group files count. */
export async function processOwner(security: PlannedSecurity): Promise<ProcessOwner> {
  const [passwd, group] = await Promise.all([readOrEmpty("/etc/passwd"), readOrEmpty("/etc/group")]);
  return ownerBy(security, passwd, group);
}

/**
 * As container runtimes decide: a group that nobody set is the user's own by passwd, else 0, and the groups that list
 * the user by name come in addition unless the pod says `Strict`.
 */
export function ownerBy(
  { user = 0, group, groups, mergeGroups }: PlannedSecurity,
  passwd: string,
  groupFile: string,
): ProcessOwner {
  const entry = rows(passwd).find(([, , uid]) => uid === String(user));
  const gid = group ?? Number(entry?.[3] ?? 0);
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
