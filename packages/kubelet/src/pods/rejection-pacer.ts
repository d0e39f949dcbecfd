import type { Pod } from "@vkubelet/core";

const firstDelayMs = 1_000;
const maxDelayMs = 300_000;
const maxOwners = 10_000;

/**
 * A controller replaces a failed pod at once, so a template that this node rejects would loop as fast as the API
 * server allows (pod-semantics F6). Rejections of pods with one controlling owner are therefore spaced: the first is
 * immediate, each next waits twice as long, up to five minutes; the pod stays Pending meanwhile and says why.
 */
export class RejectionPacer {
  readonly #owners = new Map<string, { count: number; lastMs: number }>();

  /** Milliseconds by which this rejection is to be delayed, counted as one more of its owner. 0 without an owner. */
  delayFor(pod: Pod, nowMs: number): number {
    const owner = pod.metadata?.ownerReferences?.find((reference) => reference.controller === true)?.uid;
    if (owner === undefined) return 0;
    const known = this.#owners.get(owner);
    const count = known === undefined || nowMs - known.lastMs > 2 * maxDelayMs ? 0 : known.count;
    this.#owners.delete(owner);
    this.#owners.set(owner, { count: count + 1, lastMs: nowMs });
    if (this.#owners.size > maxOwners) {
      const oldest = this.#owners.keys().next();
      if (oldest.done !== true) this.#owners.delete(oldest.value);
    }
    return count === 0 ? 0 : Math.min(maxDelayMs, firstDelayMs * 2 ** (count - 1));
  }
}
