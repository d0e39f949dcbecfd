import type { Clock } from "@vkubelet/core";
import { type Deadline, startDeadline } from "./deadline.ts";
import {
  type FailedRequest,
  invalidAnswerError,
  KubeApiError,
  networkError,
  timeoutError,
  watchStatusError,
} from "./kube-api-error.ts";
import type { KubeObject, WatchEvent } from "./kube-object.ts";
import { LineTooLong, splitLines } from "./watch-lines.ts";

/** An accepted watch. */
export interface OpenWatch {
  readonly chunks: AsyncIterable<Uint8Array>;
  close(): void;
}

/** Options of {@link readWatch}. */
export interface ReadWatchOptions {
  readonly request: FailedRequest;
  readonly server: string;
  readonly open: (signal: AbortSignal) => Promise<OpenWatch>;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
  readonly inactivityTimeoutMs: number | undefined;
  readonly maxLineBytes: number;
  readonly signal: AbortSignal | undefined;
  readonly onOpen: (() => void) | undefined;
}

/** The events of one watch; see `KubeApiClient.watch` for what ends it. */
export async function* readWatch<T extends KubeObject>(
  options: ReadWatchOptions,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  const { request, signal } = options;
  signal?.throwIfAborted();
  const { watch, deadline } = await openWatch(options);
  using _ = deadline;
  try {
    options.onOpen?.();
    for await (const line of splitLines(touching(watch.chunks, deadline), options.maxLineBytes)) {
      const event = parseEvent<T>(request, line);
      // However long the consumer takes, it is the server's silence that counts.
      deadline.hold();
      yield event;
      deadline.touch();
    }
    // A body that ended by an abort may look complete.
    deadline.signal.throwIfAborted();
  } catch (error) {
    if (error instanceof KubeApiError) throw error;
    if (signal?.aborted) throw signal.reason;
    if (deadline.exceeded) {
      throw timeoutError(
        request,
        `nothing came from ${options.server} for ${options.inactivityTimeoutMs} ms`,
      );
    }
    if (error instanceof LineTooLong) throw invalidAnswerError(request, error.message);
    throw networkError(request, options.server, error);
  } finally {
    watch.close();
  }
}

/** Opens the watch under one deadline and hands it back under another: the signal must outlive the opening. */
async function openWatch(options: ReadWatchOptions): Promise<{ watch: OpenWatch; deadline: Deadline }> {
  const { request, clock, signal } = options;
  const deadline = startDeadline(clock, options.inactivityTimeoutMs, signal);
  using opening = startDeadline(clock, options.requestTimeoutMs, deadline.signal);
  try {
    // The request keeps the signal of the opening, which passes on the longer deadline's abort only while it lives;
    // afterwards the reader closes the body itself.
    const watch = await options.open(opening.signal);
    deadline.signal.addEventListener("abort", () => watch.close(), { once: true });
    if (deadline.signal.aborted) watch.close();
    deadline.touch();
    return { watch, deadline };
  } catch (error) {
    deadline[Symbol.dispose]();
    if (error instanceof KubeApiError) throw error;
    if (signal?.aborted) throw signal.reason;
    if (opening.exceeded || deadline.exceeded) {
      throw timeoutError(
        request,
        `${options.server} did not accept the watch within ${options.requestTimeoutMs} ms`,
      );
    }
    throw networkError(request, options.server, error);
  }
}

async function* touching(chunks: AsyncIterable<Uint8Array>, deadline: Deadline): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    deadline.touch();
    yield chunk;
  }
}

const eventTypes = new Set(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]);

function parseEvent<T extends KubeObject>(request: FailedRequest, line: string): WatchEvent<T> {
  let event: { readonly type?: unknown; readonly object?: unknown };
  try {
    event = JSON.parse(line) as typeof event;
  } catch (error) {
    throw invalidAnswerError(request, "an event of the watch is not JSON", error);
  }
  if (event?.type === "ERROR") throw watchStatusError(request, event.object);
  const object = event?.object as KubeObject | null | undefined;
  if (!eventTypes.has(String(event?.type)) || typeof object?.metadata?.resourceVersion !== "string") {
    throw invalidAnswerError(
      request,
      `an event of the watch has type ${JSON.stringify(event?.type)} and no object with a resource version`,
    );
  }
  return event as WatchEvent<T>;
}
