import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type ContainerTermination, ProviderError } from "@vkubelet/core";
import { currentBoot, isRunning, parseIdentity } from "../machine/process-identity.ts";
import type { MachineTools } from "../machine/tools.ts";
import { isMissing, type ReadFile, readIfPresent, readState, writeIfAbsent } from "./files.ts";
import type { InstancePhase, InstanceSnapshot, IntentFile, PostStartProgress } from "./snapshot.ts";
import { terminationMessage } from "./termination-message.ts";

/** What the claim holds when the provider took an instance so that nobody can start it. */
export const cancelledClaim = "cancelled\n";
/** What the claim holds when an intent outlived the boot it was written in. */
const lostClaim = "lost\n";
const lostExit = "137\nlost\n";

/** Numbers of the instances of a container that are kept, ascending. */
export async function instanceNumbers(containerDirectory: string): Promise<readonly number[]> {
  try {
    const names = await readdir(containerDirectory);
    return names
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/**
 * Reads one instance. When its watcher died without leaving an exit status and nothing of it runs, the loss is written
 * down, so that its time does not change from look to look.
 */
export async function readInstance(
  directory: string,
  number: number,
  tools: MachineTools,
): Promise<InstanceSnapshot | undefined> {
  const intent = await readState<IntentFile>(join(directory, "intent.json"));
  if (intent === undefined) return undefined;
  const [stopping, postStart, preStop] = await Promise.all(
    ["stopping", "post-start", "pre-stop"].map((name) => readIfPresent(join(directory, name))),
  );
  return {
    number,
    intent,
    phase: await readPhase(directory, intent, tools),
    ...(postStart === undefined ? {} : { postStart: postStartProgress(postStart.text) }),
    ...(preStop === undefined ? {} : { preStopDone: true }),
    ...(stopping === undefined ? {} : { stoppingSinceMs: Number(stopping.text) }),
  };
}

function postStartProgress(text: string): PostStartProgress {
  const [word, time] = text.split(" ");
  if (word === "failed") return { type: "failed", failedAtMs: Number(time) };
  return { type: word === "begun" ? "begun" : "done" };
}

async function readPhase(directory: string, intent: IntentFile, tools: MachineTools): Promise<InstancePhase> {
  const claim = await readIfPresent(join(directory, "claim"));
  if (claim === undefined) {
    const boot = await currentBoot(tools);
    if (intent.boot === boot || intent.boot === "") return { type: "planned" };
    // A claim may have gone with the power. Whether this instance ran cannot be known: it must not run again.
    await writeIfAbsent(join(directory, "claim"), lostClaim);
    return readPhase(directory, intent, tools);
  }
  if (claim.text === cancelledClaim) return { type: "cancelled" };
  const ended = await readEnd(directory, intent);
  if (ended !== undefined) return ended;
  const watcher = parseIdentity(claim.text);
  const watched = watcher !== undefined && (await isRunning(watcher, tools));
  const processFile = await readIfPresent(join(directory, "process"));
  const identity = processFile && parseIdentity(processFile.text);
  if (processFile && identity && (watched || (await isRunning(identity, tools)))) {
    return { type: "running", startedAtMs: processFile.modifiedAtMs, identity };
  }
  if (watched) return { type: "starting", watcher };
  // Between the looks the watcher may have finished its work: writing the loss gives way to what it wrote.
  await writeIfAbsent(join(directory, "exit"), lostExit);
  const end = await readEnd(directory, intent);
  if (end !== undefined) return end;
  throw new ProviderError("Internal", `${join(directory, "exit")} vanished while it was read`);
}

async function readEnd(directory: string, intent: IntentFile): Promise<InstancePhase | undefined> {
  const exit = await readIfPresent(join(directory, "exit"));
  if (exit === undefined) return undefined;
  const [startError, started, oomKilled] = await Promise.all(
    ["start-error", "process", "oom-killed"].map((name) => readIfPresent(join(directory, name))),
  );
  return {
    type: "ended",
    finishedAtMs: exit.modifiedAtMs,
    lost: exit.text === lostExit,
    termination: await terminationOf(directory, { exit, startError, started, oomKilled, intent }),
  };
}

interface EndFiles {
  readonly exit: ReadFile;
  readonly startError: ReadFile | undefined;
  readonly started: ReadFile | undefined;
  readonly oomKilled: ReadFile | undefined;
  readonly intent: IntentFile;
}

async function terminationOf(
  directory: string,
  { exit, startError, started, oomKilled, intent }: EndFiles,
): Promise<ContainerTermination> {
  const times = {
    ...(started === undefined ? {} : { startedAt: new Date(started.modifiedAtMs).toISOString() }),
    finishedAt: new Date(exit.modifiedAtMs).toISOString(),
    instanceId: intent.instanceId,
  };
  if (exit.text === lostExit) {
    return {
      exitCode: 137,
      reason: "ContainerStatusUnknown",
      message: "the process and its watcher were gone before its exit status was seen",
      ...times,
    };
  }
  if (startError !== undefined) {
    return { exitCode: 128, reason: "StartError", message: startError.text, ...times };
  }
  const exitCode = Number.parseInt(exit.text, 10);
  // A shell tells death by signal n as 128 + n; a program that itself exits so looks the same.
  const signal = exitCode > 128 && exitCode <= 128 + 31 ? { signal: exitCode - 128 } : {};
  const message = await terminationMessage(directory, intent.terminationMessagePolicy, exitCode);
  const reason = oomKilled === undefined ? {} : { reason: "OOMKilled" };
  return { exitCode, ...signal, ...reason, ...(message === undefined ? {} : { message }), ...times };
}
