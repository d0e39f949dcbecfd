import { KubeApiError } from "./kube-api-error.ts";

/** Tries of a plain call, the first included. */
export const maxTries = 4;

/** A server that asks for a longer wait gets none: the caller learns of the wait and decides. */
export const longestHonouredWaitMs = 30_000;

/**
 * Milliseconds until a failed plain call is tried again, or undefined when it must fail.
 * Any method is repeated when the server says that it did not take the request (429, or 5xx with Retry-After) or when
 * the request never left; only reads are repeated after a lost answer, since a write may have happened.
 */
export function retryDelay(
  error: unknown,
  call: { readonly method: string; readonly tries: number },
  random: () => number,
): number | undefined {
  if (!(error instanceof KubeApiError) || call.tries >= maxTries) return undefined;
  if ((error.retryAfterMs ?? 0) > longestHonouredWaitMs) return undefined;
  const refused = error.status === 429 || (error.status >= 500 && error.retryAfterMs !== undefined);
  const lostRead = call.method === "GET" && error.status === 0 && error.reason !== "InvalidAnswer";
  if (!refused && !lostRead && !error.neverSent) return undefined;
  if (error.retryAfterMs !== undefined) return error.retryAfterMs * (1 + random() / 4);
  return backoffDelay(call.tries, { firstMs: 200, maxMs: 5_000 }, random);
}

/** Bounds of {@link backoffDelay}. */
export interface BackoffBounds {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Exponential wait after the n-th failure in a row (from 1), between half and all of the step, so that clients spread. */
export function backoffDelay(failures: number, bounds: BackoffBounds, random: () => number): number {
  const step = Math.min(bounds.maxMs, bounds.firstMs * 2 ** Math.min(failures - 1, 30));
  return step * (0.5 + random() / 2);
}
