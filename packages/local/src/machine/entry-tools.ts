import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { chmod, copyFile, mkdir, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { ProviderError } from "@vkubelet/core";
import { isThere } from "../state/files.ts";
import { findTool } from "./tools.ts";

/**
 * Programs of this machine with the libraries that they need, in a directory of their own: a container whose root is
 * another has nothing of this machine, and yet something must mount, give up privileges and start its program there.
 */
export interface EntryTools {
  /** Where they lie on this machine; in a container it is mounted at {@link entryPoint}. */
  readonly directory: string;
  /** Whether a loader of theirs starts them; else they are linked statically. */
  readonly loaded: boolean;
}

/** Names of the programs. `setpriv` may be missing where programs cannot change users anyway. */
export type EntryTool = (typeof required)[number] | "setpriv";

const required = ["sh", "mount", "umount", "mkdir", "mv", "ln", "env", "setsid"] as const;

/** Where a container finds the tools, and `machine` below it, this machine's root until the program starts. */
export const entryPoint = "/.vkubelet";

/** The words that start one of the tools in a container. */
export function entryWords({ loaded }: EntryTools, name: EntryTool): readonly string[] {
  const program = `${entryPoint}/bin/${name}`;
  return loaded ? [`${entryPoint}/ld`, "--library-path", `${entryPoint}/lib`, program] : [program];
}

/**
 * Sees to it that the tools lie below `directory`, in a directory named by what they are; those of other versions go
 * when `alone` says that nothing can use them. `Unavailable` where one is missing or cannot be read.
 */
export async function makeEntryTools(directory: string, alone: boolean): Promise<EntryTools> {
  const programs = new Map<string, string>();
  for (const name of required) programs.set(name, await pathOf(name));
  const setpriv = findTool("setpriv");
  if (setpriv !== undefined) programs.set("setpriv", setpriv);
  const needs = await needsOf([...programs.values()]);
  const name = `entry-${await fingerprint([...programs.values(), ...needs.libraries, ...needs.loader])}`;
  const tools: EntryTools = { directory: join(directory, name), loaded: needs.loader.length > 0 };
  if (!(await isThere(tools.directory))) await fill(tools.directory, programs, needs);
  const others = (await readdir(directory)).filter((one) => one.startsWith("entry-") && one !== name);
  if (alone) for (const one of others) await rm(join(directory, one), { recursive: true, force: true });
  return tools;
}

interface Needs {
  readonly libraries: readonly string[];
  /** None or one. */
  readonly loader: readonly string[];
}

async function pathOf(name: string): Promise<string> {
  const path = findTool(name);
  if (path !== undefined) return path;
  throw new ProviderError(
    "Unavailable",
    `images with a root of their own cannot be entered: ${name} is missing`,
  );
}

/** What the programs are linked with, by `ldd`: lines `name => path (address)`, and the loader without an arrow. */
async function needsOf(programs: readonly string[]): Promise<Needs> {
  const ldd = await pathOf("ldd");
  const libraries = new Set<string>();
  const loaders = new Set<string>();
  const listings = programs.map((program) =>
    promisify(execFile)(ldd, [program], { env: { LC_ALL: "C" } }).then(
      ({ stdout }) => stdout,
      // It fails for what is linked statically.
      () => "",
    ),
  );
  for (const listing of await Promise.all(listings)) {
    for (const line of listing.split("\n")) {
      const [, arrow, path] = /^\s+(?:\S+ (=>) )?(\/\S+) \(0x/.exec(line) ?? [];
      if (path !== undefined) (arrow === undefined ? loaders : libraries).add(path);
    }
  }
  const [loader, ...more] = loaders;
  if (more.length > 0) {
    throw new ProviderError(
      "Unavailable",
      `images with a root of their own cannot be entered: ${[...programs].join(", ")} have several loaders`,
    );
  }
  return { libraries: [...libraries], loader: loader === undefined ? [] : [loader] };
}

async function fingerprint(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    const { size, mtimeMs } = await stat(path);
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

/** Fills a directory beside its place, so that it is there whole or not at all. */
async function fill(directory: string, programs: ReadonlyMap<string, string>, needs: Needs): Promise<void> {
  const temporary = join(directory, "..", `.entry-${randomUUID()}`);
  for (const name of ["", "bin", "lib", "machine"]) await mkdir(join(temporary, name), { mode: 0o755 });
  const copies = [
    ...[...programs].map(([name, path]) => [path, `bin/${name}`] as const),
    ...needs.libraries.map((path) => [path, `lib/${basename(path)}`] as const),
    ...needs.loader.map((path) => [path, "ld"] as const),
  ];
  for (const [source, name] of copies) {
    const target = join(temporary, name);
    await copyFile(await realpath(source), target);
    await chmod(target, 0o755);
  }
  try {
    await rename(temporary, directory);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
