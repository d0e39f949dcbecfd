import { ProviderError, type ProviderErrorCode } from "@vkubelet/core";
import { jobExistsReason } from "./client.ts";

/**
 * Nomad answers most failures of its RPCs with status 500 and a text, plain mistakes of the caller included, so the
 * text decides before the status does (command/agent/http.go of Nomad 1.11).
 */
const textRules: readonly {
  readonly pattern: RegExp;
  readonly code: ProviderErrorCode;
  readonly reason?: string;
}[] = [
  { pattern: /Enforcing job modify index 0: job already exists/i, code: "Conflict", reason: jobExistsReason },
  { pattern: /Enforcing job modify index/i, code: "Conflict" },
  { pattern: /Permission denied|ACL token (not found|expired)|registration disabled/i, code: "Unauthorized" },
  { pattern: /too many requests|rate limit/i, code: "Throttled" },
  {
    pattern:
      /No cluster leader|Not ready to serve consistent reads|No path to (region|node)|leadership lost|rpc error: (EOF|.*(connection|session|timeout))|eval(uation)? broker disabled|node .* disconnected/i,
    code: "Unavailable",
  },
  { pattern: /quota (exhausted|limit)|exceeds? quota/i, code: "CapacityExceeded" },
  {
    pattern: /(job|alloc\w*|node|task|variable|namespace) .*not found|unknown (allocation|node|task)/i,
    code: "NotFound",
  },
  {
    pattern:
      /validation (error|failed)|missing .*(task|job|datacenter)|invalid |must be |cannot update job from type|request body too large|node pool .* (does not|doesn't) exist|nonexistent (namespace|node pool)/i,
    code: "InvalidInput",
  },
];

const statusRules: Readonly<Record<number, ProviderErrorCode>> = {
  400: "InvalidInput",
  401: "Unauthorized",
  403: "Unauthorized",
  404: "NotFound",
  409: "Conflict",
  413: "InvalidInput",
  429: "Throttled",
  502: "Unavailable",
  503: "Unavailable",
  504: "Unavailable",
};

/**
 * What an answer of Nomad that is no success means. `operation` stands first in the message.
 * Nomad's texts name fields and IDs, never the content of a variable, so they may be shown.
 */
export function errorOfAnswer(operation: string, status: number, text: string): ProviderError {
  const shown = text.trim().slice(0, 600) || `HTTP ${status}`;
  const message = `${operation} failed: ${shown}`;
  const byText =
    status === 500 || status === 400 ? textRules.find((rule) => rule.pattern.test(text)) : undefined;
  const code = byText?.code ?? statusRules[status] ?? "Internal";
  return new ProviderError(code, message, {
    ...(byText?.reason === undefined ? {} : { reason: byText.reason }),
    ...(code === "Throttled" ? { retryAfterMs: 1_000 } : {}),
  });
}

/** A request that got no answer at all: the agent cannot be reached, or the connection broke. */
export function errorOfConnection(operation: string, error: unknown): ProviderError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  // A name with several addresses fails once for each, and the whole has no text of its own.
  const causes: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  const text = causes.map((each) => (each instanceof Error ? each.message : String(each))).join(", ");
  return new ProviderError("Unavailable", `${operation} failed: Nomad agent not reached: ${text}`, {
    cause: error,
    reason: "NomadUnreachable",
  });
}
