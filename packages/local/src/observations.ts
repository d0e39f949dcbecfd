import type { PodObservation } from "@vkubelet/core";
import { Notifier } from "./keep/notifier.ts";

/**
 * Hands observations to watchers. A slow watcher holds at most the latest of each pod, so its memory is bounded by the
 * number of pods, and the last word on a pod is never lost.
 */
export class Observations {
  readonly #queues = new Set<Map<string, PodObservation>>();
  readonly #news = new Notifier();
  #closed = false;

  push(observation: PodObservation): void {
    for (const queue of this.#queues) {
      // Deleted first, so that the pod moves to the end and no pod can starve the others.
      queue.delete(observation.ref.uid);
      queue.set(observation.ref.uid, observation);
    }
    this.#news.notify();
  }

  /** Ends every watch. */
  close(): void {
    this.#closed = true;
    this.#news.notify();
  }

  /** Everything of `known`, then what comes. */
  async *watch(known: () => readonly PodObservation[], signal: AbortSignal): AsyncGenerator<PodObservation> {
    const queue = new Map<string, PodObservation>();
    this.#queues.add(queue);
    try {
      for (const observation of known()) queue.set(observation.ref.uid, observation);
      for (;;) {
        const seen = this.#news.count;
        for (const [uid, observation] of queue) {
          queue.delete(uid);
          signal.throwIfAborted();
          yield observation;
        }
        if (this.#closed) return;
        if (queue.size === 0) await this.#news.wait(seen, signal);
      }
    } finally {
      this.#queues.delete(queue);
    }
  }
}
