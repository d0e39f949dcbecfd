import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { open, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { findTool } from "../machine/tools.ts";
import { isMissing, readIfPresent, writeAtomically } from "../state/files.ts";
import { parseLogIndex } from "./log-index.ts";

/** How much output of an instance is kept, for each of its two streams. */
export interface LogLimits {
  /** Bytes that are dropped at once, from the oldest on. */
  readonly maxBytes: number;
  /** What is kept is at most so many times that. */
  readonly maxFiles: number;
}

/** Where the output that is kept begins, in bytes of each stream since the start of the program. */
export interface LogBase {
  readonly stdout: number;
  readonly stderr: number;
}

/** Where the kept output of an instance begins. */
export async function readLogBase(directory: string): Promise<LogBase> {
  const file = await readIfPresent(join(directory, "log-base"));
  const [stdout = 0, stderr = 0] = (file?.text ?? "").split(" ").map(Number);
  return { stdout, stderr };
}

/** The tool that makes holes in files of a directory; undefined where it is missing or the file system has none. */
export async function findHoleMaker(directory: string): Promise<string | undefined> {
  const fallocate = findTool("fallocate");
  if (fallocate === undefined) return undefined;
  const trial = join(directory, `.trial-${randomUUID()}`);
  await writeFile(trial, "x".repeat(8192), { mode: 0o600 });
  try {
    await punch(fallocate, trial, 4096);
    return fallocate;
  } catch {
    // No holes here: output is kept whole, as the documentation says.
    return undefined;
  } finally {
    await rm(trial, { force: true });
  }
}

async function punch(fallocate: string, path: string, length: number): Promise<void> {
  await promisify(execFile)(fallocate, ["--punch-hole", "--offset=0", `--length=${length}`, path], {
    env: {},
  });
}

/**
 * Drops the oldest output when there is too much. Programs write straight to their files, so these cannot be renamed as
 * the kubelet's are; instead the place of what is dropped is given back to the file system (a hole), and neither a byte
 * written meanwhile nor the place of any other changes.
 */
export async function trimLogs(directory: string, limits: LogLimits, fallocate: string): Promise<void> {
  let base = await readLogBase(directory);
  for (const name of ["stdout", "stderr"] as const) {
    const path = join(directory, name);
    const size = await sizeOf(path);
    if (size - base[name] < limits.maxBytes * limits.maxFiles) continue;
    const next = await lineStart(path, size - limits.maxBytes * (limits.maxFiles - 1), size);
    base = { ...base, [name]: next };
    // First, so that no reader takes a hole for output.
    await writeAtomically(join(directory, "log-base"), `${base.stdout} ${base.stderr}`);
    await punch(fallocate, path, next);
    await trimIndex(directory, base);
  }
}

/** Drops the times of what is dropped, but for the last: it bounds what comes after. */
async function trimIndex(directory: string, base: LogBase): Promise<void> {
  const path = join(directory, "log-index");
  const entries = parseLogIndex((await readIfPresent(path))?.text ?? "");
  const kept = entries.filter(({ stdout, stderr }) => stdout > base.stdout || stderr > base.stderr);
  const text = (kept.length === 0 ? entries.slice(-1) : kept)
    .map(({ timeMs, stdout, stderr }) => `${timeMs} ${stdout} ${stderr}\n`)
    .join("");
  await writeAtomically(path, text);
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

/** Where the first line begins at or after `offset`; `offset` itself within a line that is very long. */
async function lineStart(path: string, offset: number, size: number): Promise<number> {
  await using file = await open(path, "r");
  const buffer = Buffer.alloc(Math.min(64 * 1024, size - offset + 1));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, offset - 1);
  const end = buffer.subarray(0, bytesRead).indexOf(10);
  return end < 0 ? offset : offset + end;
}
