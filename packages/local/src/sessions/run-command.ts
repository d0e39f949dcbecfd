import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import {
  type ByteSink,
  type ExecResult,
  ProviderError,
  type SessionStreams,
  type TerminalSize,
} from "@vkubelet/core";
import type { MachineTools } from "../machine/tools.ts";
import type { RunningContainer } from "./running-container.ts";
import {
  findTerminalTools,
  followSizes,
  nameDescriptor,
  type TerminalTools,
  terminalEnvironment,
  terminalLine,
} from "./terminal.ts";
import { writeTo } from "./write-to.ts";

/** Runs a command beside a container's program, in a session of its own. The signal ends it. */
export async function runCommand(
  container: RunningContainer,
  command: readonly string[],
  streams: SessionStreams,
  tools: MachineTools,
  signal: AbortSignal,
): Promise<ExecResult> {
  signal.throwIfAborted();
  const { terminal } = streams;
  const terminalTools = terminal === undefined ? undefined : findTerminalTools();
  const child = start(container, command, streams, tools, terminalTools);
  const kill = () => killGroup(child);
  signal.addEventListener("abort", kill, { once: true });
  try {
    const ended = endOf(child);
    feed(streams.stdin, child.stdin);
    if (terminal !== undefined && terminalTools !== undefined) size(child, terminal, terminalTools);
    // The output may outlive the command: what it left behind goes on writing.
    const [result] = await Promise.all([
      ended,
      carry(child.stdout, streams.stdout),
      carry(child.stderr, streams.stderr),
    ]);
    signal.throwIfAborted();
    return result;
  } catch (error) {
    kill();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

function start(
  { lineOf, environment }: RunningContainer,
  command: readonly string[],
  streams: SessionStreams,
  tools: MachineTools,
  terminalTools: TerminalTools | undefined,
): ChildProcess {
  const isWanted = (stream: object | undefined) => (stream === undefined ? "ignore" : "pipe");
  const stdio: StdioOptions = [
    // A terminal without input is not one that has ended.
    isWanted(streams.stdin ?? streams.terminal),
    isWanted(streams.stdout),
    isWanted(streams.stderr),
  ];
  // A group of its own, so that what the command starts ends with it.
  const options = { cwd: "/", detached: true };
  const line = lineOf(command);
  if (terminalTools === undefined) {
    const [program = "", ...words] = line;
    return spawn(program, words, { ...options, env: environment, stdio });
  }
  const [program = "", ...words] = terminalLine(line, environment["SHELL"], terminalTools);
  stdio[nameDescriptor] = "pipe";
  return spawn(program, words, { ...options, env: terminalEnvironment(environment, tools), stdio });
}

async function endOf(child: ChildProcess): Promise<ExecResult> {
  const ended = once(child, "exit");
  const failed = once(child, "error").then(([error]) => {
    throw new ProviderError("Unavailable", `the command cannot be started: ${(error as Error).message}`);
  });
  const [code, name] = (await Promise.race([ended, failed])) as [number | null, NodeJS.Signals | null];
  return { exitCode: code ?? 128 + (name === null ? 0 : constants.signals[name]) };
}

/** Writes what the client sends, as fast as the command takes it; a command that reads no more is no error. */
function feed(source: AsyncIterable<Uint8Array> | undefined, target: Writable | null): void {
  if (source === undefined || target === null) return;
  target.on("error", () => {});
  (async () => {
    for await (const bytes of source) if (!(await writeTo(target, bytes))) return;
    target.end();
    // Whatever broke has ended the session already.
  })().catch(() => target.destroy());
}

/** Takes no more of the output than the client does. */
async function carry(source: Readable | null, target: ByteSink | undefined): Promise<void> {
  if (source === null || target === undefined) return;
  for await (const bytes of source) await target.write(bytes);
}

/** Sizes are a courtesy: a terminal that cannot be given one keeps that which it has. */
function size(child: ChildProcess, sizes: AsyncIterable<TerminalSize>, tools: TerminalTools): void {
  const told = child.stdio[nameDescriptor] as Readable;
  // One short line, and not to the end: script holds the descriptor too.
  once(told, "data")
    .then(([name]) => followSizes(String(name).trim(), sizes, tools))
    .catch(() => {});
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    // It has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
