const burst = 25;
const refillMs = 300_000;
const maxSubjects = 4_096;

/**
 * How many events one object may have written: 25 at once and one more every five minutes, as client-go's
 * EventSourceObjectSpamFilter has it. It keeps a provider or a pod that talks without end from filling the cluster.
 */
export class EventSpamFilter {
  readonly #subjects = new Map<string, { tokens: number; at: number; told: boolean }>();

  /** Whether one more may be written; `first` marks the first of a row that may not. */
  pass(uid: string, now: number): { readonly allowed: boolean; readonly first: boolean } {
    const known = this.#subjects.get(uid) ?? { tokens: burst, at: now, told: false };
    const tokens = Math.min(burst, known.tokens + (now - known.at) / refillMs);
    const allowed = tokens >= 1;
    const first = !allowed && !known.told;
    this.#subjects.delete(uid);
    this.#subjects.set(uid, { tokens: allowed ? tokens - 1 : tokens, at: now, told: !allowed });
    if (this.#subjects.size > maxSubjects) {
      const oldest = this.#subjects.keys().next();
      if (oldest.done !== true) this.#subjects.delete(oldest.value);
    }
    return { allowed, first };
  }
}
