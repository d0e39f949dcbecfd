import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ResolvedFile } from "@vkubelet/core";
import type { ProcessPlan } from "../translate/process-plan.ts";
import { isMissing } from "./files.ts";

/** Whom the files of a pod's volumes belong to. */
export type Ownership = Pick<ProcessPlan, "fileGroup" | "tokenUser">;

/** Leaves a file to the user that it belongs to. */
const sameUser = -1;
const current = "..data";

/**
 * Brings a volume to exactly `files`, so that programs see all of them change in one instant (pod-semantics C4; the
 * kubelet's `pkg/volume/util/atomic_writer.go`): they lie in a directory named by the time, to which the link `..data`
 * is turned, and the names of the volume are links into `..data`. False when nothing had to be changed.
 *
 * With a fsGroup everything belongs to that group, with the bits that the kubelet adds to what cannot be written
 * (`pkg/volume/volume_linux.go`, changeFilePermission): 0440, and for directories 0110 and setgid.
 */
export async function writeFileVolume(
  root: string,
  files: readonly ResolvedFile[],
  ownership: Ownership,
  nowMs: number,
): Promise<boolean> {
  await mkdir(root, { recursive: true, mode: 0o755 });
  if (await holds(root, files, ownership)) return false;
  await setOwner(root, 0o755, directoryBits, ownership.fileGroup);
  const stamp = new Date(nowMs).toISOString().slice(0, 19).replace(/[-T:]/g, "_");
  const version = await mkdtemp(join(root, `..${stamp}.`));
  await setOwner(version, 0o755, directoryBits, ownership.fileGroup);
  for (const file of files) await writeOne(version, file, ownership);
  const next = join(root, "..data_tmp");
  await rm(next, { force: true });
  await symlink(version.slice(root.length + 1), next);
  await rename(next, join(root, current));
  await linkNames(root, new Set(files.map(({ path }) => firstName(path))));
  await removeOthers(root, version.slice(root.length + 1));
  return true;
}

const directoryBits = 0o2550;

/** Gives a path its mode, and with a group that group and `groupBits` on top. mkdir is subject to the umask, chmod is not. */
export async function setOwner(
  path: string,
  mode: number,
  groupBits: number,
  group: number | undefined,
): Promise<void> {
  if (group !== undefined) await chown(path, sameUser, group);
  await chmod(path, group === undefined ? mode : mode | groupBits);
}

async function writeOne(
  root: string,
  file: ResolvedFile,
  { fileGroup, tokenUser }: Ownership,
): Promise<void> {
  const path = join(root, file.path);
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  for (let directory = dirname(path); directory !== root; directory = dirname(directory)) {
    await setOwner(directory, 0o755, directoryBits, fileGroup);
  }
  await writeFile(path, file.content, { mode: 0o600 });
  if (file.expiresAt !== undefined && tokenUser !== undefined) await chown(path, tokenUser, 0);
  await setOwner(path, file.mode, 0o440, fileGroup);
}

/** Whether the volume holds these files already, and no other. */
async function holds(
  root: string,
  files: readonly ResolvedFile[],
  { fileGroup }: Ownership,
): Promise<boolean> {
  const known = await namesBelow(join(root, current));
  if (known === undefined || known.length !== new Set(files.map(({ path }) => path)).size) return false;
  const bits = fileGroup === undefined ? 0 : 0o440;
  for (const file of files) {
    const path = join(root, current, file.path);
    if (!known.includes(file.path)) return false;
    if (((await stat(path)).mode & 0o7777) !== (file.mode | bits)) return false;
    if (!(await readFile(path)).equals(file.content)) return false;
  }
  return true;
}

/** Paths of all files below a directory; undefined when it is not there. */
async function namesBelow(directory: string): Promise<readonly string[] | undefined> {
  try {
    const entries = await readdir(`${directory}/`, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The visible names, as links; those that are gone disappear. */
async function linkNames(root: string, names: ReadonlySet<string>): Promise<void> {
  const shown = new Set((await readdir(root)).filter((name) => !name.startsWith("..")));
  for (const name of names) if (!shown.has(name)) await symlink(`${current}/${name}`, join(root, name));
  for (const name of shown) if (!names.has(name)) await rm(join(root, name), { force: true });
}

async function removeOthers(root: string, version: string): Promise<void> {
  const old = (await readdir(root)).filter((name) => /^\.\.\d{4}_/.test(name) && name !== version);
  for (const name of old) await rm(join(root, name), { recursive: true, force: true });
}

function firstName(path: string): string {
  return path.split("/").find((name) => name !== "" && name !== ".") ?? path;
}
