import {
  type ContainerRef,
  type ExecResult,
  formatPodRef,
  ProviderError,
  type SessionStreams,
} from "@vkubelet/core";
import type { InMemoryBackend } from "./in-memory-backend.ts";
import { commandOf } from "./in-memory-workloads.ts";

/** Runs a command that says what it does, in a container that runs. */
export async function runInMemory(
  backend: InMemoryBackend,
  ref: ContainerRef,
  command: readonly string[],
  { stdin, stdout, stderr }: SessionStreams,
  signal: AbortSignal,
): Promise<ExecResult> {
  signal.throwIfAborted();
  const failed = `exec in ${ref.container} of pod ${formatPodRef(ref)} failed`;
  const isThere = backend.linesOf(ref.uid, ref.container) !== undefined;
  if (!isThere || backend.containerEnded(ref.uid, ref.container)) {
    throw new ProviderError("NotFound", `${failed}: it does not run`);
  }
  const program = commandOf(command);
  if (program === undefined) {
    throw new ProviderError("InvalidInput", `${failed}: ${JSON.stringify(command[0])} is not there`);
  }
  const encoder = new TextEncoder();
  if (program.prints !== undefined) await stdout?.write(encoder.encode(program.prints));
  if (program.printsErrors !== undefined) await stderr?.write(encoder.encode(program.printsErrors));
  if (program.echoes === true) {
    for await (const bytes of stdin ?? []) {
      signal.throwIfAborted();
      await stdout?.write(bytes);
    }
  }
  if (program.waits === true) await aborted(signal);
  return { exitCode: program.exitCode ?? 0 };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
