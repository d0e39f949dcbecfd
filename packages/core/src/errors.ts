/**
 * What went wrong, in terms that a host can act on.
 * The effect of each code is fixed: see {@link providerErrorEffects}.
 */
export type ProviderErrorCode =
  | "NotFound"
  | "InvalidInput"
  | "Unsupported"
  | "Conflict"
  | "Unavailable"
  | "Throttled"
  | "CapacityExceeded"
  | "Unauthorized"
  | "Internal";

/** What the host does when a provider's method fails with a code. */
export interface ProviderErrorEffect {
  /**
   * `retry`: the call is repeated with exponential backoff until it succeeds or its pod is gone; the pod waits and
   * says why in its status and in an event. `fail`: repeating cannot help; the pod fails with the message.
   */
  readonly onCreate: "retry" | "fail";
  /** HTTP status of the kubelet API when a request (logs, exec, …) ends so. */
  readonly httpStatus: number;
  /** Whether the fault lies with the backend as a whole, which makes the node report Ready=False while it lasts. */
  readonly nodeUnready: boolean;
  readonly meaning: string;
}

/** The one table of effects. The documentation prints it, the runtime follows it, tests hold both to it. */
export const providerErrorEffects: Readonly<Record<ProviderErrorCode, ProviderErrorEffect>> = {
  NotFound: {
    onCreate: "retry",
    httpStatus: 404,
    nodeUnready: false,
    meaning: "The thing named does not exist at the backend.",
  },
  InvalidInput: {
    onCreate: "fail",
    httpStatus: 400,
    nodeUnready: false,
    meaning: "The pod or request can never be accepted as it is; `issues` name the fields.",
  },
  Unsupported: {
    onCreate: "fail",
    httpStatus: 501,
    nodeUnready: false,
    meaning: "This backend cannot do what was asked; the message says what to do instead.",
  },
  Conflict: {
    onCreate: "retry",
    httpStatus: 409,
    nodeUnready: false,
    meaning: "Somebody else changed or holds the thing; look again, then decide.",
  },
  Unavailable: {
    onCreate: "retry",
    httpStatus: 503,
    nodeUnready: true,
    meaning: "The backend could not be reached or is out of order.",
  },
  Throttled: {
    onCreate: "retry",
    httpStatus: 429,
    nodeUnready: false,
    meaning: "Too many requests; wait `retryAfterMs` before the next.",
  },
  CapacityExceeded: {
    onCreate: "retry",
    httpStatus: 503,
    nodeUnready: false,
    meaning: "The backend works but has no room at the moment.",
  },
  Unauthorized: {
    onCreate: "retry",
    httpStatus: 502,
    nodeUnready: true,
    meaning: "The backend refused our credentials; an operator must act, retries go on slowly.",
  },
  Internal: {
    onCreate: "retry",
    httpStatus: 500,
    nodeUnready: false,
    meaning: "A fault of the provider itself; anything thrown that is no ProviderError counts as this.",
  },
};

/** One offending field: a path as users write it (`spec.containers[0].image`) and what is wrong there. */
export interface FieldIssue {
  readonly path: string;
  readonly message: string;
}

/** Options of {@link ProviderError}. */
export interface ProviderErrorOptions {
  readonly cause?: unknown;
  /** For `Throttled`: milliseconds to wait before the next try. */
  readonly retryAfterMs?: number;
  /** For `InvalidInput` and `Unsupported`: the fields concerned. */
  readonly issues?: readonly FieldIssue[];
  /** CamelCase reason for status and events; without it the code stands there. */
  readonly reason?: string;
}

const marker: unique symbol = Symbol.for("vkubelet.ProviderError") as never;

/**
 * The only error that a provider throws on purpose. Recognise it with {@link isProviderError}, not `instanceof`:
 * a process may hold several copies of this package.
 * Messages read `what failed: why`, and never contain a value that came from a Secret.
 */
export class ProviderError extends Error {
  readonly code: ProviderErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly issues: readonly FieldIssue[];
  readonly reason: string;

  constructor(code: ProviderErrorCode, message: string, options: ProviderErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ProviderError";
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    this.issues = options.issues ?? [];
    this.reason = options.reason ?? code;
    Object.defineProperty(this, marker, { value: true });
  }
}

/** Whether `error` is a {@link ProviderError} of this or any other copy of the package. */
export function isProviderError(error: unknown): error is ProviderError {
  return typeof error === "object" && error !== null && (error as Record<symbol, unknown>)[marker] === true;
}

/** `error` itself when it is a ProviderError, else an `Internal` one that wraps it. Abort reasons are not for here. */
export function toProviderError(error: unknown): ProviderError {
  if (isProviderError(error)) return error;
  return new ProviderError("Internal", textOf(error), { cause: error });
}

function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    // An object without a prototype, or one whose own text cannot be had.
    return "something was thrown that has no text";
  }
}
