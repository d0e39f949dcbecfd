/** What is remembered between two exits of a container or a pod. Plain data; undefined before the first exit. */
export interface BackoffState {
  /** How long the next restart waits. */
  readonly nextDelayMs: number;
  /** When the last restart was due, in milliseconds since the Unix epoch. */
  readonly updatedAtMs: number;
}

/** The kubelet's own values are the defaults. */
export interface BackoffOptions {
  /** First delay that is not zero; 10 s. Drops to `maxMs` where that is lower. */
  readonly initialMs?: number;
  /** Longest delay; 300 s. */
  readonly maxMs?: number;
}

/**
 * The wait before the restart that follows an exit at `finishedAtMs`, measured from that moment: none the first time,
 * then 10, 20, 40, 80, 160, 300, 300… s (pod-semantics B1). An exit that comes more than twice the cap after the last
 * restart begins anew (B2). The caller drops the state when image or resources change.
 */
export function nextBackoff(
  state: BackoffState | undefined,
  finishedAtMs: number,
  options: BackoffOptions = {},
): { readonly state: BackoffState; readonly delayMs: number } {
  const maxMs = options.maxMs ?? 300_000;
  const initialMs = Math.min(options.initialMs ?? 10_000, maxMs);
  if (state === undefined || finishedAtMs - state.updatedAtMs > 2 * maxMs) {
    return { state: { nextDelayMs: initialMs, updatedAtMs: finishedAtMs }, delayMs: 0 };
  }
  const delayMs = Math.min(state.nextDelayMs, maxMs);
  return {
    state: { nextDelayMs: Math.min(delayMs * 2, maxMs), updatedAtMs: finishedAtMs + delayMs },
    delayMs,
  };
}
