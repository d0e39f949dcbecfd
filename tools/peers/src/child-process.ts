import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** What to start, and how to know that it serves. */
export interface StartProcessOptions {
  /** Name used in messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The complete environment; the environment of this process when left out. */
  readonly env?: NodeJS.ProcessEnv;
  /** File that receives standard output and standard error. */
  readonly logFile: string;
  /** Asked every 100 ms until it answers true. A rejection counts as "not yet". */
  readonly ready: (signal: AbortSignal) => Promise<boolean>;
  /** Milliseconds after which a start without `ready` has failed. Default 60,000. */
  readonly readyTimeout?: number;
  /** Milliseconds between SIGTERM and SIGKILL at {@link RunningProcess.stop}. Default 10,000. */
  readonly stopTimeout?: number;
  readonly signal?: AbortSignal;
}

/** A started peer process, leader of a process group of its own. */
export interface RunningProcess extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** Ends the process and the children in its group; safe to call twice. */
  stop(): Promise<void>;
}

const pollMilliseconds = 100;
const living = new Set<number>();

/**
 * Starts a process in a process group of its own and waits until it is ready.
 * Rejects, after stopping it, when it ends early or is not ready in time; the message holds the tail of its log.
 * When this process exits first, the group is killed.
 */
export async function startProcess(options: StartProcessOptions): Promise<RunningProcess> {
  options.signal?.throwIfAborted();
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, "a");
  const child = spawn(options.command, [...options.args], {
    stdio: ["ignore", log, log],
    detached: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  closeSync(log);
  const exited = exitOf(child);
  const pid = child.pid;
  if (pid === undefined) throw new Error(`start ${options.name}: ${(await exited) ?? "no process id"}`);
  killAtExit(pid);
  const stop = () => stopGroup(pid, exited, options.stopTimeout ?? 10_000);
  try {
    await waitUntilReady(options, exited);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name: options.name,
    pid,
    logFile: options.logFile,
    exited: exited.then(() => undefined),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Last lines of a log file, for messages. */
export async function logTail(file: string, lines = 25): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: Error) => `(no log: ${error.message})`);
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}

/** Resolves with how the process ended. */
function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
}

async function waitUntilReady(options: StartProcessOptions, exited: Promise<string>): Promise<void> {
  const timeout = options.readyTimeout ?? 60_000;
  const deadline = AbortSignal.timeout(timeout);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
  let ended: string | undefined;
  exited.then((how) => {
    ended = how;
  });
  for (;;) {
    if (ended !== undefined) await failStart(options, `it ended (${ended})`);
    if (deadline.aborted) await failStart(options, `it was not ready within ${timeout} ms`);
    options.signal?.throwIfAborted();
    if (await options.ready(signal).catch(() => false)) return;
    await delay(pollMilliseconds);
  }
}

async function failStart(options: StartProcessOptions, why: string): Promise<never> {
  const tail = await logTail(options.logFile);
  throw new Error(`start ${options.name}: ${why}; log ${options.logFile}:\n${tail}`);
}

async function stopGroup(pid: number, exited: Promise<string>, timeout: number): Promise<void> {
  if (!living.has(pid)) return;
  signalGroup(pid, "SIGTERM");
  const patience = new AbortController();
  const late = delay(timeout, true, { signal: patience.signal }).catch(() => false);
  if (await Promise.race([exited.then(() => false), late])) signalGroup(pid, "SIGKILL");
  patience.abort();
  await exited;
  // The leader is gone; children that outlived it are not asked a second time.
  signalGroup(pid, "SIGKILL");
  living.delete(pid);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function killAtExit(pid: number): void {
  if (living.size === 0 && !hooked) installHooks();
  living.add(pid);
}

let hooked = false;

function installHooks(): void {
  hooked = true;
  const killAll = () => {
    for (const pid of living) signalGroup(pid, "SIGKILL");
    living.clear();
  };
  process.once("exit", killAll);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      killAll();
      process.kill(process.pid, signal);
    });
  }
}
