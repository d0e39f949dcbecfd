import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { findExecutable } from "./executable.ts";
import { type BoundMount, inOwnNamespace } from "./mount-script.ts";
import { Watchdog } from "./watchdog.ts";

/** A process to start. */
export interface Launch {
  readonly argv: readonly string[];
  /** The whole environment; PATH is added when it has none. */
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly mounts: readonly BoundMount[];
  /** Directory that the process may use for its mounts. */
  readonly scratch: string;
  /** stdout and stderr as they come, in one stream. */
  readonly onOutput: (chunk: Buffer) => void;
}

/** A started process, leader of a process group of its own. */
export interface RunningProcess {
  /** To every process of the group. */
  signal(name: "SIGTERM" | "SIGKILL"): void;
  /** The exit code, 128 + n for signal n; after all output was delivered. */
  readonly exited: Promise<number>;
}

/** A process that could not be started; the text is what a container engine would say. */
export class LaunchError extends Error {}

/** How long output of descendants that left the process group is waited for after the end, in milliseconds. */
const strayOutputGrace = 1000;

/** All processes of one emulator. */
export class ProcessTable {
  readonly #running = new Set<ChildProcess>();
  readonly #watchdog = new Watchdog();
  #disposed = false;
  readonly #onExit = (): void => {
    for (const child of this.#running) killGroup(child, "SIGKILL");
  };

  constructor() {
    process.on("exit", this.#onExit);
  }

  /** Throws {@link LaunchError} once everything was ended: a task that goes on must start nothing more. */
  assertOpen(): void {
    if (this.#disposed) throw new LaunchError("the emulator has been disposed");
  }

  /** Starts a process. Throws {@link LaunchError}. */
  launch(launch: Launch): RunningProcess {
    this.assertOpen();
    const environment = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", ...launch.environment };
    const [program = ""] = launch.argv;
    if (launch.mounts.length === 0 && !existsSync(launch.directory)) {
      throw new LaunchError(`the working directory ${launch.directory} does not exist on this machine`);
    }
    // Behind mounts the file may only appear later; there the shell says what is missing.
    if (launch.mounts.length === 0 && !findExecutable(program, environment.PATH, launch.directory)) {
      throw new LaunchError(`exec: "${program}": executable file not found in $PATH`);
    }
    const command = [
      // One pipe for both streams keeps their order; `env -i` drops what the shell adds.
      ...["/bin/sh", "-c", 'exec "$@" 2>&1', "sh", "env", "-i"],
      ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      ...launch.argv,
    ];
    const [file = "", ...args] =
      launch.mounts.length === 0 ? command : inOwnNamespace(command, launch.mounts, launch);
    const child = start(file, args, {
      cwd: launch.mounts.length === 0 ? launch.directory : launch.scratch,
      detached: true,
      env: { PATH: environment.PATH },
      stdio: ["ignore", "pipe", launch.mounts.length === 0 ? "ignore" : "pipe"],
      ...(launch.user && launch.mounts.length === 0 ? launch.user : {}),
    });
    this.#running.add(child);
    if (child.pid !== undefined) this.#watchdog.add(child.pid);
    child.stdout?.on("data", launch.onOutput);
    // What the mount script says; the command itself writes to stdout only.
    child.stderr?.on("data", launch.onOutput);
    return { signal: (name) => killGroup(child, name), exited: this.#exitOf(child, launch.onOutput) };
  }

  #exitOf(child: ChildProcess, onOutput: Launch["onOutput"]): Promise<number> {
    return new Promise((resolve) => {
      child.once("error", (error) => {
        this.#running.delete(child);
        onOutput(Buffer.from(`${error.message}\n`));
        resolve(127);
      });
      child.once("exit", () => {
        // A container ends with its first process.
        killGroup(child, "SIGKILL");
        this.#running.delete(child);
        if (child.pid !== undefined) this.#watchdog.remove(child.pid);
        setTimeout(() => {
          child.stdout?.destroy();
          child.stderr?.destroy();
        }, strayOutputGrace).unref();
      });
      child.once("close", (code, signal) => {
        resolve(signal === null ? (code ?? 0) : 128 + constants.signals[signal]);
      });
    });
  }

  /** Kills every group and waits until their leaders have ended. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    process.off("exit", this.#onExit);
    const ends = [...this.#running].map(
      (child) => new Promise<void>((resolve) => child.once("close", () => resolve())),
    );
    this.#onExit();
    await Promise.all(ends);
    await this.#watchdog.end();
  }
}

function start(file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  try {
    return spawn(file, args, options);
  } catch (error) {
    // Such as an environment above what the kernel takes.
    throw new LaunchError(`exec: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function killGroup(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // Nobody of the group is left.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
