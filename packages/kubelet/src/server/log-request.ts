import type { LogOptions } from "@vkubelet/core";

/** What `GET /containerLogs/…` asked for. */
export interface LogRequest extends LogOptions {
  /** Whether each line begins with its time. */
  readonly timestamps: boolean;
}

/** Why a query was refused: 400 for what cannot be decoded or served, 422 for values out of range. */
export interface LogRequestRefusal {
  readonly status: 400 | 422;
  readonly text: string;
}

const undecodable: LogRequestRefusal = { status: 400, text: '{"message": "Unable to decode query."}' };
const invalid: LogRequestRefusal = { status: 422, text: '{"message": "Invalid request."}' };

/**
 * Decodes and checks the query as the kubelet does (`PodLogOptions`). `now` (milliseconds) turns `sinceSeconds` into a
 * time. Unknown parameters are ignored.
 */
export function parseLogRequest(
  query: URLSearchParams,
  now: number,
): { readonly request: LogRequest } | { readonly refusal: LogRequestRefusal } {
  const tail = query.get("tail");
  const tailText = tail === null || tail === "" ? query.get("tailLines") : tail === "all" ? null : tail;
  const tailLines = integer(tailText);
  const limitBytes = integer(query.get("limitBytes"));
  const sinceSeconds = integer(query.get("sinceSeconds"));
  const sinceTime = time(query.get("sinceTime"));
  if (tailLines === "bad" || limitBytes === "bad" || sinceSeconds === "bad" || sinceTime === "bad") {
    return { refusal: undecodable };
  }
  const stream = query.get("stream") ?? "All";
  const outOfRange =
    (tailLines ?? 0) < 0 ||
    (limitBytes ?? 1) < 1 ||
    (sinceSeconds ?? 1) < 1 ||
    (sinceSeconds !== undefined && sinceTime !== undefined) ||
    !["All", "Stdout", "Stderr"].includes(stream) ||
    (stream !== "All" && tailLines !== undefined);
  if (outOfRange) return { refusal: invalid };
  if (stream !== "All") {
    return {
      refusal: { status: 400, text: "vkubelet serves stdout and stderr together only; leave out `stream`" },
    };
  }
  const since = sinceSeconds === undefined ? sinceTime : now - sinceSeconds * 1000;
  return {
    request: {
      follow: flag(query.get("follow")),
      previous: flag(query.get("previous")),
      timestamps: flag(query.get("timestamps")),
      ...(tailLines === undefined ? {} : { tailLines }),
      ...(since === undefined ? {} : { sinceTime: new Date(Math.max(0, since)).toISOString() }),
      ...(limitBytes === undefined ? {} : { limitBytes }),
    },
  };
}

/** Kubernetes takes any value but these for true, the empty one included. */
function flag(text: string | null): boolean {
  return text !== null && text !== "0" && text.toLowerCase() !== "false";
}

function integer(text: string | null): number | undefined | "bad" {
  if (text === null) return undefined;
  const value = /^[+-]?\d{1,19}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) return "bad";
  // Beyond this no count of lines, bytes or seconds has a meaning, and dates would overflow.
  return Math.max(-1, Math.min(value, 1e12));
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function time(text: string | null): number | undefined | "bad" {
  if (text === null || text === "" || text === "null") return undefined;
  const value = rfc3339.test(text) ? Date.parse(text.toUpperCase()) : Number.NaN;
  return Number.isNaN(value) ? "bad" : value;
}
