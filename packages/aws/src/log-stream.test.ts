import { type LogLine, ProviderError } from "@vkubelet/core";
import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { type LogPageRequest, type LogsClient, readLogStream } from "./log-stream.ts";

/** A stream in pages of two events; tokens are positions, as CloudWatch's behave. */
class FakeLogs implements LogsClient {
  readonly messages: string[] = [];
  exists = true;
  readonly requests: LogPageRequest[] = [];

  async getLogEvents(request: LogPageRequest) {
    this.requests.push(request);
    if (!this.exists) throw new ProviderError("NotFound", "The specified log stream does not exist.");
    const size = Math.min(request.limit ?? 2, 2);
    const at = request.token === undefined ? undefined : Number(request.token.slice(1));
    const start = request.fromHead ? (at ?? 0) : Math.max((at ?? this.messages.length) - size, 0);
    const end = request.fromHead
      ? Math.min(start + size, this.messages.length)
      : (at ?? this.messages.length);
    const events = this.messages.slice(start, end).map((message, index) => ({
      timestamp: Date.UTC(2026, 0, 1) + start + index,
      message,
    }));
    return { events, forwardToken: `f${end}`, backwardToken: `b${start}` };
  }
}

const clock = new FakeClock();

interface Read {
  readonly tailLines?: number;
  readonly sinceTime?: string;
  /** Follows until it answers true. */
  readonly ended?: () => Promise<boolean>;
  readonly signal?: AbortSignal;
}

function read(logs: LogsClient, { ended, signal, ...options }: Read = {}): AsyncGenerator<LogLine> {
  return readLogStream(
    logs,
    { group: "g", stream: "s", ended: ended ?? (() => Promise.reject(new Error("not followed"))) },
    { ...options, follow: ended !== undefined },
    { clock, signal: signal ?? new AbortController().signal },
  );
}

async function textOf(logs: LogsClient, options: Read = {}): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of read(logs, options)) lines.push(new TextDecoder().decode(line.bytes));
  return lines;
}

describe("reading a log stream", () => {
  it("reads every page from the oldest on, with times", async () => {
    const logs = new FakeLogs();
    logs.messages.push("a", "b", "c", "d", "e");
    expect(await textOf(logs)).toEqual(["a", "b", "c", "d", "e"]);
    const { value } = await read(logs).next();
    expect(value?.time).toBe("2026-01-01T00:00:00.000Z");
  });

  it.each([
    [0, []],
    [1, ["e"]],
    [3, ["c", "d", "e"]],
    [9, ["a", "b", "c", "d", "e"]],
  ])("reads the last %d lines from the end", async (tailLines, expected) => {
    const logs = new FakeLogs();
    logs.messages.push("a", "b", "c", "d", "e");
    expect(await textOf(logs, { tailLines })).toEqual(expected);
  });

  it("has nothing for a stream that does not exist yet, and fails for any other reason", async () => {
    const logs = new FakeLogs();
    logs.exists = false;
    expect(await textOf(logs)).toEqual([]);
    expect(await textOf(logs, { tailLines: 3 })).toEqual([]);
    const broken: LogsClient = { getLogEvents: () => Promise.reject(new ProviderError("Throttled", "slow")) };
    await expect(textOf(broken)).rejects.toMatchObject({ code: "Throttled" });
  });

  it("passes the start time on", async () => {
    const logs = new FakeLogs();
    await textOf(logs, { sinceTime: "2026-01-01T00:00:01Z" });
    expect(logs.requests[0]?.startTime).toBe(Date.UTC(2026, 0, 1, 0, 0, 1));
  });

  it("pulls no more than the reader takes", async () => {
    const logs = new FakeLogs();
    logs.messages.push("a", "b", "c", "d");
    const stream = read(logs);
    await stream.next();
    await stream.return(undefined);
    expect(logs.requests).toHaveLength(1);
  });
});

describe("following a log stream", () => {
  it("goes on until the container has ended and nothing came any more", async () => {
    const logs = new FakeLogs();
    logs.exists = false;
    let ended = false;
    const done = textOf(logs, { tailLines: 10, ended: async () => ended });
    await clock.advance(5000);
    logs.exists = true;
    logs.messages.push("first");
    await clock.advance(10_000);
    ended = true;
    logs.messages.push("last");
    await clock.advance(30_000);
    expect(await done).toEqual(["first", "last"]);
  });

  it("ends with the signal's reason while it waits", async () => {
    const controller = new AbortController();
    const done = textOf(new FakeLogs(), { signal: controller.signal, ended: async () => false });
    const outcome = expect(done).rejects.toThrow("enough");
    await clock.advance(3000);
    controller.abort(new Error("enough"));
    await outcome;
    expect(clock.sleeping).toBe(0);
  });
});
