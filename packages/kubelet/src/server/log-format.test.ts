import type { LogLine, LogOptions } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { formatLogs, lastLines } from "./log-format.ts";
import { readLogLines } from "./log-source.ts";

const line = (text: string, extra: Partial<LogLine> = {}): LogLine => ({
  bytes: Buffer.from(text),
  ...extra,
});

/** Yields `lines` and remembers how far it was read and that it was closed. */
function source(lines: readonly LogLine[]) {
  const seen = { pulled: 0, closed: false };
  async function* generate(): AsyncGenerator<LogLine> {
    try {
      for (const item of lines) {
        seen.pulled++;
        yield item;
      }
    } finally {
      seen.closed = true;
    }
  }
  return { seen, lines: generate() };
}

async function text(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

describe("formatLogs", () => {
  it("ends lines, but not an unfinished one", async () => {
    const { lines } = source([line("a"), line(""), line("b", { partial: true })]);
    expect(await text(formatLogs(lines, { timestamps: false }))).toBe("a\n\nb");
  });

  it("writes times with nanoseconds", async () => {
    const { lines } = source([
      line("a", { time: "2026-01-01T00:00:00Z" }),
      line("b", { time: "2026-01-01T00:00:00.12+01:00" }),
      line("c", { time: "2026-01-01T00:00:00.123456789Z" }),
      line("no time"),
    ]);
    expect(await text(formatLogs(lines, { timestamps: true }))).toBe(
      "2026-01-01T00:00:00.000000000Z a\n2026-01-01T00:00:00.120000000+01:00 b\n" +
        "2026-01-01T00:00:00.123456789Z c\nno time\n",
    );
  });

  it("leaves out lines before the time asked for", async () => {
    const { lines } = source([
      line("old", { time: "2026-01-01T00:00:00.999999999Z" }),
      line("unknown"),
      line("new", { time: "2026-01-01T01:00:01+01:00" }),
    ]);
    const request = { timestamps: false, sinceTime: "2026-01-01T00:00:01Z" };
    expect(await text(formatLogs(lines, request))).toBe("unknown\nnew\n");
  });

  it.each([
    [3, "abc", 1],
    [4, "abc\n", 1],
    [6, "abc\nde", 2],
    [100, "abc\ndef\nghi\n", 3],
  ])("cuts after %i bytes and closes the input", async (limitBytes, expected, pulled) => {
    const { lines, seen } = source([line("abc"), line("def"), line("ghi")]);
    expect(await text(formatLogs(lines, { timestamps: false, limitBytes }))).toBe(expected);
    expect(seen).toEqual({ pulled, closed: true });
  });
});

describe("lastLines", () => {
  it.each([
    [0, ""],
    [1, "d"],
    [3, "b c d"],
    [4, "a b c d"],
    [9, "a b c d"],
  ])("keeps %i", async (count, expected) => {
    const { lines } = source(["a", "b", "c", "d"].map((name) => line(name)));
    const tail = await lastLines(lines, count);
    expect(tail.lines.map(({ bytes }) => Buffer.from(bytes).toString()).join(" ")).toBe(expected);
    expect(tail.total).toBe(4);
  });
});

describe("readLogLines", () => {
  const ref = { namespace: "a", name: "p", uid: "u", container: "c" };
  const { signal } = new AbortController();

  async function read(options: LogOptions, honoursTail: boolean) {
    const calls: LogOptions[] = [];
    const history = ["1", "2", "3", "4"];
    async function* logs(_: unknown, asked: LogOptions): AsyncGenerator<LogLine> {
      calls.push(asked);
      const count = honoursTail && asked.tailLines !== undefined ? asked.tailLines : history.length;
      yield* history.slice(history.length - count).map((name) => line(name));
      if (asked.follow) yield line("live");
    }
    const lines: string[] = [];
    for await (const { bytes } of readLogLines({ logs }, ref, options, signal)) {
      lines.push(Buffer.from(bytes).toString());
    }
    return { lines: lines.join(" "), calls };
  }

  it.each([true, false])("cuts the tail (provider cuts: %s)", async (honoursTail) => {
    const options = { follow: false, previous: false, tailLines: 2, limitBytes: 9 };
    expect(await read(options, honoursTail)).toEqual({
      lines: "3 4",
      calls: [{ follow: false, previous: false, tailLines: 2 }],
    });
  });

  it.each([true, false])("cuts the tail under follow (provider cuts: %s)", async (honoursTail) => {
    const { lines, calls } = await read({ follow: true, previous: false, tailLines: 2 }, honoursTail);
    expect(lines).toBe("3 4 live");
    expect(calls.map(({ follow }) => follow)).toEqual([false, true]);
  });

  it("follows from now with a tail of nothing", async () => {
    expect((await read({ follow: true, previous: false, tailLines: 0 }, false)).lines).toBe("live");
  });

  it("reads once without a tail", async () => {
    const { lines, calls } = await read({ follow: true, previous: false, limitBytes: 7 }, false);
    expect(lines).toBe("1 2 3 4 live");
    expect(calls).toEqual([{ follow: true, previous: false, limitBytes: 7 }]);
  });
});
