import { isProviderError, ProviderError, type ProviderErrorCode } from "@vkubelet/core";

/** By error name, as ECS, Batch, CloudWatch Logs and the SDK itself use them. */
const codesByName: Readonly<Record<string, ProviderErrorCode>> = {
  ThrottlingException: "Throttled",
  Throttling: "Throttled",
  TooManyRequestsException: "Throttled",
  RequestLimitExceeded: "Throttled",
  LimitExceededException: "Throttled",
  SlowDown: "Throttled",
  AccessDeniedException: "Unauthorized",
  AccessDenied: "Unauthorized",
  UnauthorizedException: "Unauthorized",
  UnrecognizedClientException: "Unauthorized",
  InvalidClientTokenId: "Unauthorized",
  InvalidSignatureException: "Unauthorized",
  SignatureDoesNotMatch: "Unauthorized",
  ExpiredTokenException: "Unauthorized",
  ExpiredToken: "Unauthorized",
  MissingAuthenticationTokenException: "Unauthorized",
  OptInRequired: "Unauthorized",
  BlockedException: "Unauthorized",
  CredentialsProviderError: "Unauthorized",
  TokenProviderError: "Unauthorized",
  ConflictException: "Conflict",
  ClusterNotFoundException: "NotFound",
  ResourceNotFoundException: "NotFound",
  InvalidParameterException: "InvalidInput",
  ClientException: "InvalidInput",
  ValidationException: "InvalidInput",
  PlatformTaskDefinitionIncompatibilityException: "InvalidInput",
  PlatformUnknownException: "InvalidInput",
  UnsupportedFeatureException: "InvalidInput",
  ServerException: "Unavailable",
  ServiceUnavailableException: "Unavailable",
  InternalServerError: "Unavailable",
  TimeoutError: "Unavailable",
};

/** Refusals that share a name with others and can only be told by their text; matched as substrings. */
const codesByText: readonly (readonly [text: string, code: ProviderErrorCode])[] = [
  ["Too many concurrent attempts to create a new revision", "Throttled"],
  ["Rate exceeded", "Throttled"],
  ["is not authorized to perform", "Unauthorized"],
  ["task was not found", "NotFound"],
  ["Unable to describe task definition", "NotFound"],
  ["Cluster was not found", "NotFound"],
  ["TaskDefinition not found", "Conflict"],
  ["TaskDefinition is inactive", "Conflict"],
  ["Capacity is unavailable", "CapacityExceeded"],
  ["reached the limit on the number of", "CapacityExceeded"],
];

/** Errors of the network below HTTP: the request may or may not have arrived. */
const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EPIPE",
  "ETIMEDOUT",
]);

interface VendorError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
}

/**
 * A vendor's error as a ProviderError: `what failed: NAME: text`. Unknown ones become `Internal`, never something that
 * reads as absence.
 */
export function awsProviderError(error: unknown, what: string): ProviderError {
  if (isProviderError(error)) return error;
  const vendor = (typeof error === "object" && error !== null ? error : {}) as VendorError;
  const name = typeof vendor.name === "string" ? vendor.name : "Error";
  const text = typeof vendor.message === "string" && vendor.message !== "" ? vendor.message : "no message";
  const status = vendor.$response?.statusCode;
  // An answer that is not in the service's format (a proxy's page) says nothing but its status.
  const why = name === "SyntaxError" && status !== undefined ? `HTTP status ${status}` : `${name}: ${text}`;
  const message = `${what}: ${why}`;
  const code = codeOf(vendor, name, text);
  return new ProviderError(code, message, {
    cause: error,
    ...(code === "Throttled" ? { retryAfterMs: 1000 } : {}),
  });
}

function codeOf(vendor: VendorError, name: string, text: string): ProviderErrorCode {
  const byText = codesByText.find(([part]) => text.includes(part));
  if (byText) return byText[1];
  // The SDK appends nothing, but services of the query protocol use names such as `Throttling.User`.
  const byName = codesByName[name] ?? codesByName[name.split(".")[0] ?? name];
  if (byName) return byName;
  const status = vendor.$metadata?.httpStatusCode ?? vendor.$response?.statusCode;
  if (status !== undefined && status >= 500) return "Unavailable";
  if (status === 429) return "Throttled";
  if (status === 401 || status === 403) return "Unauthorized";
  if (typeof vendor.code === "string" && networkCodes.has(vendor.code)) return "Unavailable";
  return "Internal";
}

/**
 * Whether an error proves that a create had no effect: the service answered and refused. After any other one (lost
 * reply, 5xx, abort) the thing may exist, and must be looked for before it is created again.
 */
export function isDefiniteRefusal(error: unknown): boolean {
  return isProviderError(error) && error.code !== "Unavailable" && error.code !== "Internal";
}

/**
 * Runs one SDK call with its error mapped. An abort rejects with the signal's own reason, unwrapped.
 */
export async function callAws<T>(what: string, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  try {
    return await call();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw awsProviderError(error, what);
  }
}
