import type { LogLine } from "@vkubelet/core";
import type { LogRequest } from "./log-request.ts";

/**
 * The bytes of an answer: lines that are old enough are left out, times are put before them, and the whole is cut at
 * `limitBytes`. One chunk a line, and no line is pulled before the last was taken. Leaving the loop closes the input.
 *
 * A line whose time the backend does not know is kept under `sinceTime`, and has none before it under `timestamps`.
 */
export async function* formatLogs(
  lines: AsyncIterable<LogLine>,
  request: Pick<LogRequest, "timestamps" | "sinceTime" | "limitBytes">,
): AsyncGenerator<Uint8Array, void, undefined> {
  const since = request.sinceTime === undefined ? Number.NEGATIVE_INFINITY : Date.parse(request.sinceTime);
  let left = request.limitBytes ?? Number.POSITIVE_INFINITY;
  for await (const line of lines) {
    if (line.time !== undefined && Date.parse(line.time) < since) continue;
    const chunk = formatLine(line, request.timestamps);
    if (chunk.length >= left) {
      yield chunk.subarray(0, left);
      return;
    }
    left -= chunk.length;
    if (chunk.length > 0) yield chunk;
  }
}

const lineEnd = Buffer.from("\n");
const nothing = Buffer.alloc(0);

function formatLine(line: LogLine, timestamps: boolean): Uint8Array {
  const prefix =
    timestamps && line.time !== undefined ? Buffer.from(`${withNanoseconds(line.time)} `) : nothing;
  return Buffer.concat([prefix, line.bytes, line.partial ? nothing : lineEnd]);
}

/** RFC 3339 with nine digits after the point, as the kubelet writes it. */
function withNanoseconds(time: string): string {
  const match = /^(.*:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/.exec(time);
  if (match === null) return time;
  const [, seconds, fraction = "", zone] = match;
  return `${seconds}.${fraction.slice(0, 9).padEnd(9, "0")}${zone}`;
}

/** The last `count` lines. Holds no more than those; the input must end. */
export async function lastLines(lines: AsyncIterable<LogLine>, count: number): Promise<LogTail> {
  const ring: LogLine[] = [];
  let total = 0;
  for await (const line of lines) {
    if (count > 0) ring[total % count] = line;
    total++;
  }
  if (total <= count || count === 0) return { lines: ring, total };
  const oldest = total % count;
  return { lines: [...ring.slice(oldest), ...ring.slice(0, oldest)], total };
}

/** What {@link lastLines} found. */
export interface LogTail {
  readonly lines: readonly LogLine[];
  /** Lines that the input had altogether. */
  readonly total: number;
}

/** `lines` without the first `count`. */
export async function* skipLines(
  lines: AsyncIterable<LogLine>,
  count: number,
): AsyncGenerator<LogLine, void, undefined> {
  let seen = 0;
  for await (const line of lines) {
    if (seen >= count) yield line;
    else seen++;
  }
}
