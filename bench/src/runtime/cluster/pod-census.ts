import type { SeenPod } from "./pod-watch.ts";

/** When, in milliseconds of one clock, one watch first saw each state of a pod. */
export interface PodTimes {
  bound: number;
  running?: number;
  ended?: number;
  gone?: number;
}

export type PodState = "running" | "ended" | "gone";

/** When the pods of one batch got where, as one watch saw it. */
export class PodCensus {
  readonly #pods = new Map<string, PodTimes>();
  readonly #counts: Record<PodState, number> = { running: 0, ended: 0, gone: 0 };
  readonly #now: () => number;
  #waiter: { readonly state: PodState; readonly count: number; readonly resolve: () => void } | undefined;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** The pod is bound: its create was answered. */
  bound(name: string): void {
    if (!this.#pods.has(name)) this.#pods.set(name, { bound: this.#now() });
  }

  see(pod: SeenPod, gone: boolean): void {
    this.bound(pod.metadata.name);
    const times = this.#pods.get(pod.metadata.name);
    if (times === undefined) return;
    const { phase } = pod.status;
    if (gone) this.#reach(times, "gone");
    else if (phase === "Running") this.#reach(times, "running");
    else if (phase === "Succeeded" || phase === "Failed") this.#reach(times, "ended");
  }

  /** Waits until `count` pods got there; rejects, and says how far they are, when the signal aborts. */
  async reached(state: PodState, count: number, signal: AbortSignal): Promise<void> {
    if (this.#counts[state] >= count) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => {
      const why = (signal.reason as Error).message;
      reject(new Error(`${this.#counts[state]} of ${count} pods were ${state}: ${why}`));
    };
    this.#waiter = { state, count, resolve };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#waiter = undefined;
    }
  }

  /** How many pods got there so far. */
  count(state: PodState): number {
    return this.#counts[state];
  }

  get names(): readonly string[] {
    return [...this.#pods.keys()];
  }

  /** The times of all pods. */
  get times(): readonly PodTimes[] {
    return [...this.#pods.values()];
  }

  /** Milliseconds from bound (the create was answered, or the watch showed the pod) to Running, of the pods that ran. */
  get startLatencies(): readonly number[] {
    return this.times.flatMap(({ bound, running }) => (running === undefined ? [] : [running - bound]));
  }

  #reach(times: PodTimes, state: PodState): void {
    if (times[state] !== undefined) return;
    times[state] = this.#now();
    this.#counts[state] += 1;
    const waiter = this.#waiter;
    if (waiter?.state === state && this.#counts[state] >= waiter.count) waiter.resolve();
  }
}
