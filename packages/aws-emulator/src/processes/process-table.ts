import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { findExecutable } from "./executable.ts";
import { type BoundMount, inOwnNamespace } from "./mount-script.ts";

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
  readonly #onExit = (): void => {
    for (const child of this.#running) killGroup(child, "SIGKILL");
  };

  constructor() {
    process.on("exit", this.#onExit);
  }

  /** Starts a process. Throws {@link LaunchError}. */
  launch(launch: Launch): RunningProcess {
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
    const child = spawn(file, args, {
      cwd: launch.mounts.length === 0 ? launch.directory : launch.scratch,
      detached: true,
      env: { PATH: environment.PATH },
      stdio: ["ignore", "pipe", "ignore"],
      ...(launch.user && launch.mounts.length === 0 ? launch.user : {}),
    });
    this.#running.add(child);
    child.stdout.on("data", launch.onOutput);
    return { signal: (name) => killGroup(child, name), exited: this.#exitOf(child) };
  }

  #exitOf(child: ChildProcess): Promise<number> {
    return new Promise((resolve) => {
      child.once("error", () => {
        this.#running.delete(child);
        resolve(127);
      });
      child.once("exit", () => {
        // A container ends with its first process.
        killGroup(child, "SIGKILL");
        this.#running.delete(child);
        setTimeout(() => child.stdout?.destroy(), strayOutputGrace).unref();
      });
      child.once("close", (code, signal) => {
        resolve(signal === null ? (code ?? 0) : 128 + constants.signals[signal]);
      });
    });
  }

  /** Kills every group and waits until their leaders have ended. */
  async dispose(): Promise<void> {
    process.off("exit", this.#onExit);
    const ends = [...this.#running].map(
      (child) => new Promise<void>((resolve) => child.once("close", () => resolve())),
    );
    this.#onExit();
    await Promise.all(ends);
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
