import { type CallContext, LineSplitter, type LogLine, type LogOptions, ProviderError } from "@vkubelet/core";
import type { LogRequest, NomadClient } from "./client.ts";
import { mergeStreams } from "./merge-streams.ts";
import type { TaskState } from "./wire.ts";

/** What the logs of one task are read with. */
export interface TaskLogs {
  readonly client: NomadClient;
  readonly allocation: string;
  readonly task: string;
  /** The task's state now. */
  readState(signal: AbortSignal): Promise<TaskState | undefined>;
}

const streams = ["stdout", "stderr"] as const;
const firstTailBytes = 16_384;

/**
 * Both outputs of a task. Nomad keeps them apart and without times, so their order among each other is lost: read at
 * once, standard output comes first; followed, lines come as they arrive. All instances of a task share one file.
 */
export async function* taskLogs(
  logs: TaskLogs,
  options: LogOptions,
  context: CallContext,
): AsyncIterable<LogLine> {
  if (options.previous) {
    throw new ProviderError(
      "Unsupported",
      "logs of the previous instance failed: Nomad writes all instances of a task into one file; read without --previous",
      { reason: "NomadPreviousLogs" },
    );
  }
  if (!options.follow) {
    for (const stream of streams) yield* readStream(logs, stream, options, context);
    return;
  }
  yield* followStreams(logs, options, context);
}

async function* readStream(
  logs: TaskLogs,
  stream: "stdout" | "stderr",
  options: LogOptions,
  context: CallContext,
): AsyncIterable<LogLine> {
  const from = await startOf(logs, stream, options, context);
  const splitter = new LineSplitter(stream, from.cutFirst);
  const request: LogRequest = { ...requestOf(logs, stream, from), follow: false };
  for await (const frame of logs.client.logs(request, context.signal)) {
    if (frame.Data) yield* splitter.push(decode(frame.Data));
  }
  yield* splitter.end();
}

/**
 * A following stream of Nomad never ends. It has ended when the task's instance has, and a frame without data has come
 * on it afterwards twice: by then Nomad has read the files to their end.
 */
async function* followStreams(
  logs: TaskLogs,
  options: LogOptions,
  context: CallContext,
): AsyncIterable<LogLine> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const end = new InstanceEnd(logs, signal);
  const follow = async function* (stream: "stdout" | "stderr"): AsyncIterable<LogLine> {
    const from = await startOf(logs, stream, options, { ...context, signal });
    const splitter = new LineSplitter(stream, from.cutFirst);
    let quiet = 0;
    for await (const frame of logs.client.logs({ ...requestOf(logs, stream, from), follow: true }, signal)) {
      if (frame.Data) {
        quiet = 0;
        yield* splitter.push(decode(frame.Data));
        continue;
      }
      quiet = (await end.reached()) ? quiet + 1 : 0;
      if (quiet === 2) break;
    }
    yield* splitter.end();
  };
  try {
    yield* mergeStreams(streams.map(follow));
  } finally {
    stop.abort(new Error("the reader of the logs has left"));
  }
}

/** Whether the instance that ran at the beginning has ended. Once true it stays true. */
class InstanceEnd {
  readonly #logs: TaskLogs;
  readonly #signal: AbortSignal;
  #restarts: number | undefined;
  #ended = false;

  constructor(logs: TaskLogs, signal: AbortSignal) {
    this.#logs = logs;
    this.#signal = signal;
  }

  async reached(): Promise<boolean> {
    if (this.#ended) return true;
    const state = await this.#logs.readState(this.#signal);
    const restarts = state?.Restarts ?? 0;
    this.#restarts ??= restarts;
    this.#ended = state === undefined || state.State === "dead" || restarts > this.#restarts;
    return this.#ended;
  }
}

interface LogStart {
  readonly origin: "start" | "end";
  readonly offset: number;
  /** Whether the first line may be the rest of one. */
  readonly cutFirst: boolean;
}

function requestOf(logs: TaskLogs, stream: "stdout" | "stderr", from: LogStart): Omit<LogRequest, "follow"> {
  return { allocation: logs.allocation, task: logs.task, stream, origin: from.origin, offset: from.offset };
}

/** Where to begin for the last `tailLines` lines: Nomad counts bytes only, so the window grows until it holds them. */
async function startOf(
  logs: TaskLogs,
  stream: "stdout" | "stderr",
  options: LogOptions,
  context: CallContext,
): Promise<LogStart> {
  if (options.tailLines === undefined) return { origin: "start", offset: 0, cutFirst: false };
  for (let offset = firstTailBytes; ; offset *= 4) {
    let bytes = 0;
    let lines = 0;
    const request: LogRequest = {
      ...requestOf(logs, stream, { origin: "end", offset, cutFirst: true }),
      follow: false,
    };
    for await (const frame of logs.client.logs(request, context.signal)) {
      if (!frame.Data) continue;
      const data = decode(frame.Data);
      bytes += data.length;
      for (const byte of data) if (byte === 10) lines += 1;
    }
    if (bytes < offset) return { origin: "start", offset: 0, cutFirst: false };
    if (lines > options.tailLines) return { origin: "end", offset, cutFirst: true };
  }
}

function decode(data: string): Uint8Array {
  return Buffer.from(data, "base64");
}
