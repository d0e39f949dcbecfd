import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const heartbeatMilliseconds = 5_000;
const staleMilliseconds = 60_000;
const pollMilliseconds = 100;

/**
 * Runs `work` while holding the lock file at `path`, after waiting for any other holder, in this process or another.
 *
 * The holder touches the file every 5 seconds; a file that nobody has touched for a minute belonged to a process that
 * died, and is taken over. (A process id in the file would say nothing once containers share the folder.)
 */
export async function withLockFile<T>(
  path: string,
  work: () => Promise<T>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  while (!(await tryAcquire(path))) {
    await removeIfStale(path);
    await delay(pollMilliseconds, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    // Nothing to do about a failed touch here: at worst another process starts the same build a second time.
    utimes(path, now, now).catch(() => clearInterval(heartbeat));
  }, heartbeatMilliseconds);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
}

async function tryAcquire(path: string): Promise<boolean> {
  try {
    await writeFile(path, `${process.pid}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new Error(`lock ${path}: ${(error as Error).message}; is the cache folder writable?`, {
      cause: error,
    });
  }
}

async function removeIfStale(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs < staleMilliseconds) return;
    // Renamed first: of two processes that both saw the old file, only one gets it.
    const taken = `${path}.${randomUUID()}`;
    await rename(path, taken);
    await rm(taken, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
