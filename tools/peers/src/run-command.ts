import { type SpawnOptions, spawn } from "node:child_process";

/** What a finished command left behind. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code; 128 + signal number is not imitated: a command ended by a signal has code -1. */
  readonly code: number;
}

/** Settings of {@link runCommand}. */
export interface RunCommandOptions {
  readonly cwd?: string;
  /** The complete environment; the environment of this process when left out. */
  readonly env?: NodeJS.ProcessEnv;
  /** Written to standard input, which is closed after it. */
  readonly input?: string;
  /** Aborting it ends the command with SIGTERM and rejects. */
  readonly signal?: AbortSignal;
}

/** Runs a command to its end and returns its output, whatever its exit code. Rejects only when it cannot be started. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: RunCommandOptions = {},
): Promise<CommandResult> {
  const spawnOptions: SpawnOptions = { stdio: ["pipe", "pipe", "pipe"] };
  if (options.cwd !== undefined) spawnOptions.cwd = options.cwd;
  if (options.env !== undefined) spawnOptions.env = options.env;
  if (options.signal !== undefined) spawnOptions.signal = options.signal;
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], spawnOptions);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", (error) => reject(new Error(`run ${command}: ${error.message}`, { cause: error })));
    child.on("close", (code) =>
      resolve({
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
        code: code ?? -1,
      }),
    );
    // A command that ends without reading its input breaks the pipe; its exit code tells the story.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
  });
}

/** Like {@link runCommand}, but rejects with the tail of the output when the exit code is not 0. */
export async function runChecked(
  command: string,
  args: readonly string[],
  options: RunCommandOptions = {},
): Promise<CommandResult> {
  const result = await runCommand(command, args, options);
  if (result.code !== 0) {
    const output = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-20).join("\n");
    throw new Error(`run ${command} ${args.join(" ")}: exit code ${result.code}\n${output}`);
  }
  return result;
}
