import type { SeenPod } from "./pod-watch.ts";

/** Milliseconds of `performance.now()` at which one watch first saw each state of a pod. */
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
  #waiter: { readonly state: PodState; readonly count: number; readonly resolve: () => void } | undefined;

  /** The pod is bound: its create was answered. */
  bound(name: string): void {
    if (!this.#pods.has(name)) this.#pods.set(name, { bound: performance.now() });
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

  /** Waits until `count` pods got there; true when they did in time. */
  async reached(state: PodState, count: number, timeoutMs: number): Promise<boolean> {
    if (this.#counts[state] >= count) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), timeoutMs);
    this.#waiter = { state, count, resolve: () => resolve(true) };
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiter = undefined;
    }
  }

  get names(): readonly string[] {
    return [...this.#pods.keys()];
  }

  /** The times of all pods. */
  get times(): readonly PodTimes[] {
    return [...this.#pods.values()];
  }

  #reach(times: PodTimes, state: PodState): void {
    if (times[state] !== undefined) return;
    times[state] = performance.now();
    this.#counts[state] += 1;
    const waiter = this.#waiter;
    if (waiter?.state === state && this.#counts[state] >= waiter.count) waiter.resolve();
  }
}
