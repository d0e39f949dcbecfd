import { randomUUID } from "node:crypto";
import { access, link, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { ProviderError } from "@vkubelet/core";

/** Whether `error` says that the file is not there. */
export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** Whether there is a file or directory. A failed look throws: it is no absence. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Writes a file of mode 0600 so that readers see all of it or what was there before. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, text, { mode: 0o600, flush: true });
  await rename(temporary, path);
}

/** Writes a file whole unless there is one already; whether it did. */
export async function writeIfAbsent(path: string, text: string): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, text, { mode: 0o600 });
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Content of a JSON file that this provider wrote; undefined when there is none. `Internal` names a damaged one. */
export async function readState<T>(path: string): Promise<T | undefined> {
  const file = await readIfPresent(path);
  if (file === undefined) return undefined;
  try {
    return JSON.parse(file.text) as T;
  } catch (error) {
    throw new ProviderError("Internal", `state file ${path} is damaged: remove its pod's directory by hand`, {
      cause: error,
    });
  }
}

export interface ReadFile {
  readonly text: string;
  readonly modifiedAtMs: number;
}

/** Content and time of a file; undefined when there is none. Any other failure throws: it is no absence. */
export async function readIfPresent(path: string): Promise<ReadFile | undefined> {
  try {
    const text = await readFile(path, "utf8");
    return { text, modifiedAtMs: (await stat(path)).mtimeMs };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
