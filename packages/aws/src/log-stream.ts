import {
  type CallContext,
  isProviderError,
  type LogLine,
  type LogOptions,
  ProviderError,
} from "@vkubelet/core";

/** One event of a CloudWatch log stream. */
export interface LogEvent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

export interface LogPage {
  /** Oldest first. */
  readonly events: readonly LogEvent[];
  readonly forwardToken: string | undefined;
  readonly backwardToken: string | undefined;
}

export interface LogPageRequest {
  readonly group: string;
  readonly stream: string;
  /** From the oldest event on; else from the newest. */
  readonly fromHead: boolean;
  readonly token?: string;
  /** Milliseconds since the epoch, inclusive. */
  readonly startTime?: number;
  /** At most 10,000. */
  readonly limit?: number;
}

/** The one call of CloudWatch Logs that reading needs. Throws `NotFound` when group or stream does not exist (yet). */
export interface LogsClient {
  getLogEvents(request: LogPageRequest, signal: AbortSignal): Promise<LogPage>;
}

export interface LogStreamRead {
  readonly group: string;
  readonly stream: string;
  /** A reader that follows goes on until this answers true and two further looks found nothing. */
  readonly ended: () => Promise<boolean>;
}

/** While nothing comes, the time between two looks doubles from the first to the second value, in milliseconds. */
const idleDelays = { first: 1000, last: 5000 };
const pageLimit = 10_000;

/**
 * The lines of one stream, oldest first; a stream that does not exist yet is empty. CloudWatch gives milliseconds, and
 * awslogs keeps no trace of stdout and stderr.
 */
export async function* readLogStream(
  client: LogsClient,
  read: LogStreamRead,
  options: Omit<LogOptions, "previous">,
  { clock, signal }: Pick<CallContext, "clock" | "signal">,
): AsyncGenerator<LogLine> {
  const startTime = options.sinceTime === undefined ? undefined : Date.parse(options.sinceTime);
  const base = {
    group: read.group,
    stream: read.stream,
    ...(startTime === undefined ? {} : { startTime }),
  };
  let token: string | undefined;
  if (options.tailLines !== undefined) {
    const tail = await readTail(client, base, options.tailLines, signal);
    yield* tail.events.map(toLine);
    token = tail.forwardToken;
    if (!options.follow) return;
  }
  let delay = idleDelays.first;
  let emptyAfterEnd = 0;
  for (;;) {
    signal.throwIfAborted();
    // Asked before the page: what was written before the end is then in this page or a later one.
    const ended = !options.follow || (await read.ended());
    const page = await readPage(
      client,
      { ...base, fromHead: true, ...(token === undefined ? {} : { token }) },
      signal,
    );
    yield* page.events.map(toLine);
    if (page.forwardToken === undefined && page.events.length > 0) {
      throw new ProviderError("Internal", `reading log stream ${read.stream}: a page came without a token`);
    }
    // A page may be empty before the end; only a token that comes back unchanged says that nothing more is there.
    const caughtUp = page.forwardToken === undefined || page.forwardToken === token;
    token = page.forwardToken ?? token;
    if (!caughtUp || page.events.length > 0) {
      delay = idleDelays.first;
      emptyAfterEnd = 0;
      continue;
    }
    if (!options.follow) return;
    if (ended && ++emptyAfterEnd > 2) return;
    await clock.sleep(delay, signal);
    delay = Math.min(delay * 2, idleDelays.last);
  }
}

type PageBase = Omit<LogPageRequest, "fromHead" | "token" | "limit">;

async function readTail(
  client: LogsClient,
  base: PageBase,
  lines: number,
  signal: AbortSignal,
): Promise<LogPage> {
  let events: readonly LogEvent[] = [];
  let token: string | undefined;
  let forwardToken: string | undefined;
  for (;;) {
    const limit = Math.min(Math.max(lines - events.length, 1), pageLimit);
    const page = await readPage(
      client,
      { ...base, fromHead: false, limit, ...(token === undefined ? {} : { token }) },
      signal,
    );
    forwardToken ??= page.forwardToken;
    events = [...page.events, ...events];
    const atStart = page.backwardToken === undefined || page.backwardToken === token;
    if (events.length >= lines || atStart) {
      return { events: lines === 0 ? [] : events.slice(-lines), forwardToken, backwardToken: undefined };
    }
    token = page.backwardToken;
  }
}

async function readPage(client: LogsClient, request: LogPageRequest, signal: AbortSignal): Promise<LogPage> {
  try {
    return await client.getLogEvents(request, signal);
  } catch (error) {
    if (isProviderError(error) && error.code === "NotFound") {
      return { events: [], forwardToken: request.token, backwardToken: request.token };
    }
    throw error;
  }
}

const encoder = new TextEncoder();

function toLine(event: LogEvent): LogLine {
  return { bytes: encoder.encode(event.message), time: new Date(event.timestamp).toISOString() };
}
