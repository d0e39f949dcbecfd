import type { RetryStrategy } from "./schemas.ts";

/** How an attempt ended. */
export interface AttemptEnd {
  readonly exitCode: number | undefined;
  /** Of the container. */
  readonly reason: string | undefined;
  readonly statusReason: string;
}

/**
 * Whether a failed attempt is followed by another. User guide, "Automated job retries": conditions of one rule must
 * all hold, the first rule that matches decides, and without a match the job is retried.
 */
export function isRetried(strategy: RetryStrategy | undefined, attempts: number, end: AttemptEnd): boolean {
  if (attempts >= (strategy?.attempts ?? 1)) return false;
  const rule = strategy?.evaluateOnExit?.find(
    ({ onExitCode, onReason, onStatusReason }) =>
      matches(onExitCode, end.exitCode === undefined ? "" : String(end.exitCode)) &&
      matches(onReason, end.reason ?? "") &&
      matches(onStatusReason, end.statusReason),
  );
  return rule?.action.toUpperCase() !== "EXIT";
}

function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  return pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
