/** Details of a Kubernetes `Status`, as far as a caller acts on them. */
export interface KubeStatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly {
    readonly reason?: string;
    readonly message?: string;
    readonly field?: string;
  }[];
  readonly retryAfterSeconds?: number;
}

/** What a {@link KubeApiError} is made of. */
export interface KubeApiErrorFields {
  /** HTTP status of the answer; 0 when there was none. */
  readonly status: number;
  /**
   * `reason` of the Status (`NotFound`, `AlreadyExists`, …), or one of ours:
   * `NetworkError`, `CredentialsError`, `Timeout`, `InvalidAnswer`.
   */
  readonly reason: string;
  readonly details?: KubeStatusDetails | undefined;
  /** Milliseconds that the server asked us to wait. */
  readonly retryAfterMs?: number | undefined;
  /** True when the request certainly never reached the server, so that any request may be sent again. */
  readonly neverSent?: boolean;
  readonly cause?: unknown;
}

/** A request to the API server that failed. The message is one line: `METHOD PATH: why`. */
export class KubeApiError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly details: KubeStatusDetails | undefined;
  readonly retryAfterMs: number | undefined;
  readonly neverSent: boolean;

  constructor(message: string, fields: KubeApiErrorFields) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = "KubeApiError";
    this.status = fields.status;
    this.reason = fields.reason;
    this.details = fields.details;
    this.retryAfterMs = fields.retryAfterMs;
    this.neverSent = fields.neverSent ?? false;
  }
}

function hasStatus(error: unknown, status: number): boolean {
  return error instanceof KubeApiError && error.status === status;
}

/** 404: the object, or the resource itself, does not exist. */
export function isNotFound(error: unknown): boolean {
  return hasStatus(error, 404);
}

/** 409: changed by somebody else, or exists already. */
export function isConflict(error: unknown): boolean {
  return hasStatus(error, 409);
}

/** 422: the object would not be valid; a patch that names the UID of an earlier object of the name ends so too. */
export function isInvalid(error: unknown): boolean {
  return hasStatus(error, 422);
}

/** 410: the resource version or continue token has expired; list anew. */
export function isGone(error: unknown): boolean {
  return hasStatus(error, 410);
}

/** 401: the server does not accept our credentials. */
export function isUnauthorized(error: unknown): boolean {
  return hasStatus(error, 401);
}

/** 403: the server knows us, and this is not allowed to us. */
export function isForbidden(error: unknown): boolean {
  return hasStatus(error, 403);
}

const transient = new Set([0, 429, 500, 502, 503, 504]);

/** Whether the same request may well succeed later: no answer, throttled, or the server out of order. */
export function isRetryable(error: unknown): boolean {
  return error instanceof KubeApiError && transient.has(error.status) && error.reason !== "InvalidAnswer";
}

/** The request that an error message names. */
export interface FailedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
}

/** The error for an answer outside 2xx. `body` is a Status in JSON, or whatever a proxy in between wrote. */
export function answerError(
  request: FailedRequest,
  status: number,
  body: string,
  retryAfter: string | undefined,
  now: number,
): KubeApiError {
  const parsed = parseStatus(body);
  const reason = parsed?.reason || "Unknown";
  const text = oneLine(parsed?.message || body) || "no message";
  return new KubeApiError(`${request.method} ${request.path}: ${text} (${status} ${reason})`, {
    status,
    reason,
    details: parsed?.details,
    retryAfterMs: retryAfterMs(retryAfter, now) ?? secondsToMs(parsed?.details?.retryAfterSeconds),
  });
}

/** The error for a `Status` that came as an ERROR event of a watch. */
export function watchStatusError(request: FailedRequest, status: unknown): KubeApiError {
  const object = (typeof status === "object" && status !== null ? status : {}) as StatusBody;
  const code = typeof object.code === "number" ? object.code : 500;
  const reason = object.reason || "Unknown";
  return new KubeApiError(
    `${request.method} ${request.path}: watch ended: ${oneLine(object.message ?? "") || "no message"} (${code} ${reason})`,
    {
      status: code,
      reason,
      details: object.details,
      retryAfterMs: secondsToMs(object.details?.retryAfterSeconds),
    },
  );
}

/** The error for a request without an answer. */
export function networkError(request: FailedRequest, server: string, cause: unknown): KubeApiError {
  const code = errorCode(cause);
  const known = code === undefined ? undefined : networkCauses[code];
  const why = known ?? describeCause(cause);
  return new KubeApiError(`${request.method} ${request.path}: cannot reach ${server}: ${why}`, {
    status: 0,
    reason: "NetworkError",
    neverSent: code !== undefined && unsentCodes.has(code),
    cause,
  });
}

const networkCauses: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EPIPE: "connection closed by the server",
  UND_ERR_SOCKET: "connection closed by the server",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  ETIMEDOUT: "no connection in time",
  ENOTFOUND: "the host name does not resolve",
  EAI_AGAIN: "the host name does not resolve for now",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
};

const unsentCodes = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** The error for credentials that could not be had: an exec plugin failed, a token file is missing. */
export function credentialsError(request: FailedRequest, server: string, cause: unknown): KubeApiError {
  return new KubeApiError(
    `${request.method} ${request.path}: no credentials for ${server}: ${describeCause(cause)}`,
    {
      status: 0,
      reason: "CredentialsError",
      neverSent: true,
      cause,
    },
  );
}

/** The error for a request that was given up because nothing came in time. */
export function timeoutError(request: FailedRequest, why: string): KubeApiError {
  return new KubeApiError(`${request.method} ${request.path}: ${why}`, { status: 0, reason: "Timeout" });
}

/** The error for an answer that is not what the API promises. */
export function invalidAnswerError(request: FailedRequest, why: string, cause?: unknown): KubeApiError {
  return new KubeApiError(`${request.method} ${request.path}: invalid answer: ${why}`, {
    status: 0,
    reason: "InvalidAnswer",
    cause,
  });
}

/** The code of an error; of several (one per address that was tried) the first one's. */
function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" ? code : undefined;
}

function describeCause(cause: unknown): string {
  return oneLine(cause instanceof Error ? cause.message || cause.name : String(cause));
}

interface StatusBody {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: KubeStatusDetails;
}

function parseStatus(body: string): StatusBody | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "Status") {
      return value as StatusBody;
    }
  } catch {
    // Not JSON: the answer of a proxy, which is then quoted as it stands.
  }
  return undefined;
}

/** `text` on one line and short enough for a log. */
function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 1000 ? `${line.slice(0, 1000)}…` : line;
}

function secondsToMs(seconds: number | undefined): number | undefined {
  return typeof seconds === "number" && seconds > 0 ? seconds * 1000 : undefined;
}

/** Milliseconds of a Retry-After header, which holds seconds or an HTTP date. */
function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
