import { z } from "zod";
import type { EmulatorClock } from "../clock.ts";
import type { Service } from "../http/service.ts";
import { arn } from "../identifiers.ts";
import { pageOf } from "../paging.ts";
import { readInput } from "../request-input.ts";
import { invalidParameter, ServiceError } from "../service-error.ts";
import { filterPattern } from "./filter-pattern.ts";
import type { LogGroup, LogStore, LogStream } from "./log-store.ts";
import { readEvents } from "./read-events.ts";

const name = z.string().min(1).max(512);
const groupRequest = z.object({
  logGroupName: name.optional(),
  logGroupIdentifier: name.optional(),
});
const createGroupRequest = z.object({ logGroupName: name.regex(/^[.\-_/#A-Za-z0-9]+$/) });
const streamRequest = z.object({ logGroupName: name, logStreamName: name.regex(/^[^:*]*$/) });
const getRequest = groupRequest.extend({ logStreamName: name });
const putRequest = streamRequest.extend({
  // API reference, PutLogEvents: at most 10,000 events.
  logEvents: z
    .array(z.object({ timestamp: z.int().nonnegative(), message: z.string().min(1) }))
    .min(1)
    .max(10_000),
});
const pages = { limit: z.int().min(1).max(50).optional(), nextToken: z.string().optional() };
const describeGroupsRequest = z.object({ logGroupNamePrefix: z.string().optional(), ...pages });
const describeStreamsRequest = groupRequest.extend({
  logStreamNamePrefix: z.string().optional(),
  orderBy: z.enum(["LogStreamName", "LastEventTime"]).optional(),
  descending: z.boolean().optional(),
  ...pages,
});
const filterRequest = groupRequest.extend({
  logStreamNames: z.array(name).max(100).optional(),
  logStreamNamePrefix: z.string().optional(),
  startTime: z.int().nonnegative().optional(),
  endTime: z.int().nonnegative().optional(),
  filterPattern: z.string().max(1024).optional(),
  limit: z.int().min(1).max(10_000).optional(),
  nextToken: z.string().optional(),
});

/** Amazon CloudWatch Logs, as far as writing and reading events go. */
export class LogsService implements Service {
  readonly operations: Service["operations"];
  readonly #store: LogStore;
  readonly #region: string;
  readonly #clock: EmulatorClock;

  constructor(store: LogStore, region: string, clock: EmulatorClock) {
    this.#store = store;
    this.#region = region;
    this.#clock = clock;
    this.operations = {
      CreateLogGroup: (input) => this.#createGroup(input),
      CreateLogStream: (input) => this.#createStream(input),
      PutLogEvents: (input) => this.#put(input),
      GetLogEvents: (input) => this.#get(input),
      FilterLogEvents: (input) => this.#filter(input),
      DescribeLogGroups: (input) => this.#describeGroups(input),
      DescribeLogStreams: (input) => this.#describeStreams(input),
    };
  }

  #createGroup(input: unknown): unknown {
    const { logGroupName } = readInput(createGroupRequest, input, invalidParameter);
    if (this.#store.groups.has(logGroupName)) throw alreadyExists("log group");
    this.#store.ensureGroup(logGroupName, this.#clock.now());
    return {};
  }

  #createStream(input: unknown): unknown {
    const request = readInput(streamRequest, input, invalidParameter);
    const group = this.#group(request);
    if (group.streams.has(request.logStreamName)) throw alreadyExists("log stream");
    this.#store.ensureStream(group, request.logStreamName, this.#clock.now());
    return {};
  }

  #put(input: unknown): unknown {
    const request = readInput(putRequest, input, invalidParameter);
    const stream = this.#stream(this.#group(request), request.logStreamName);
    const times = request.logEvents.map(({ timestamp }) => timestamp);
    // API reference, PutLogEvents: the events must be in chronological order.
    if (times.some((time, index) => time < (times[index - 1] ?? 0))) {
      throw invalidParameter("Log events in a single PutLogEvents request must be in chronological order.");
    }
    const now = this.#clock.now();
    for (const { timestamp, message } of request.logEvents) {
      this.#store.append(stream, timestamp, message, now);
    }
    return { nextSequenceToken: String(stream.events.length) };
  }

  #get(input: unknown): unknown {
    const request = readInput(getRequest, input, invalidParameter);
    const page = readEvents(this.#stream(this.#group(request), request.logStreamName), input);
    return {
      ...page,
      events: page.events.map(({ timestamp, message, ingestionTime }) => ({
        timestamp,
        message,
        ingestionTime,
      })),
    };
  }

  #filter(input: unknown): unknown {
    const request = readInput(filterRequest, input, invalidParameter);
    const { startTime = 0, endTime, logStreamNames, logStreamNamePrefix } = request;
    const group = this.#group(request);
    // API reference, FilterLogEvents: one of the two.
    if (logStreamNames && logStreamNamePrefix !== undefined) {
      throw invalidParameter("logStreamNames and logStreamNamePrefix must not be given together.");
    }
    for (const stream of logStreamNames ?? []) this.#stream(group, stream);
    const matches = filterPattern(request.filterPattern);
    const found = [...group.streams.values()]
      .filter((stream) => logStreamNames?.includes(stream.name) ?? true)
      .filter((stream) => stream.name.startsWith(logStreamNamePrefix ?? ""))
      .flatMap((stream) => stream.events.map((event) => ({ ...event, logStreamName: stream.name })))
      .filter(({ timestamp }) => timestamp >= startTime && (endTime === undefined || timestamp <= endTime))
      .filter(({ message }) => matches(message))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const page = pageOf(
      found,
      ({ key }) => key,
      request.limit ?? 10_000,
      request.nextToken,
      invalidParameter,
    );
    return {
      events: page.items.map(({ key, ...event }) => ({ ...event, eventId: key })),
      searchedLogStreams: [],
      nextToken: page.nextToken,
    };
  }

  #describeGroups(input: unknown): unknown {
    const request = readInput(describeGroupsRequest, input, invalidParameter);
    const found = [...this.#store.groups.values()]
      .filter((group) => group.name.startsWith(request.logGroupNamePrefix ?? ""))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const page = pageOf(
      found,
      (group) => group.name,
      request.limit ?? 50,
      request.nextToken,
      invalidParameter,
    );
    return {
      logGroups: page.items.map((group) => ({
        logGroupName: group.name,
        creationTime: group.createdAt,
        arn: `${this.#groupArn(group)}:*`,
        logGroupArn: this.#groupArn(group),
        metricFilterCount: 0,
        storedBytes: 0,
      })),
      nextToken: page.nextToken,
    };
  }

  #describeStreams(input: unknown): unknown {
    const request = readInput(describeStreamsRequest, input, invalidParameter);
    const group = this.#group(request);
    const byTime = request.orderBy === "LastEventTime";
    // API reference, DescribeLogStreams: a prefix and the order by time exclude each other.
    if (byTime && request.logStreamNamePrefix !== undefined) {
      throw invalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
    }
    const found = [...group.streams.values()]
      .filter((stream) => stream.name.startsWith(request.logStreamNamePrefix ?? ""))
      .map((stream) => ({
        stream,
        key: byTime ? `${stream.events.at(-1)?.key ?? ""} ${stream.name}` : stream.name,
      }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    if (request.descending) found.reverse();
    const placed = found.map(({ stream }, place) => ({ stream, key: String(place).padStart(9, "0") }));
    const page = pageOf(placed, ({ key }) => key, request.limit ?? 50, request.nextToken, invalidParameter);
    return {
      logStreams: page.items.map(({ stream }) => this.#describeStream(group, stream)),
      nextToken: page.nextToken,
    };
  }

  #describeStream(group: LogGroup, stream: LogStream): Record<string, unknown> {
    const first = stream.events[0];
    const last = stream.events.at(-1);
    return {
      logStreamName: stream.name,
      creationTime: stream.createdAt,
      arn: `${this.#groupArn(group)}:log-stream:${stream.name}`,
      storedBytes: 0,
      ...(first ? { firstEventTimestamp: first.timestamp } : {}),
      ...(last ? { lastEventTimestamp: last.timestamp, lastIngestionTime: last.ingestionTime } : {}),
    };
  }

  #group(request: {
    readonly logGroupName?: string | undefined;
    readonly logGroupIdentifier?: string | undefined;
  }): LogGroup {
    // API reference, GetLogEvents: exactly one of the two.
    if ((request.logGroupName === undefined) === (request.logGroupIdentifier === undefined)) {
      throw invalidParameter("Exactly one of logGroupName and logGroupIdentifier must be given.");
    }
    const wanted = request.logGroupName ?? request.logGroupIdentifier ?? "";
    const group = this.#store.groups.get(wanted.startsWith("arn:") ? (wanted.split(":")[6] ?? "") : wanted);
    if (!group) throw notFound("log group");
    return group;
  }

  #stream(group: LogGroup, wanted: string): LogStream {
    const stream = group.streams.get(wanted);
    if (!stream) throw notFound("log stream");
    return stream;
  }

  #groupArn(group: LogGroup): string {
    return arn("logs", this.#region, `log-group:${group.name}`);
  }
}

function notFound(what: string): ServiceError {
  return new ServiceError("ResourceNotFoundException", `The specified ${what} does not exist.`);
}

function alreadyExists(what: string): ServiceError {
  return new ServiceError("ResourceAlreadyExistsException", `The specified ${what} already exists`);
}
