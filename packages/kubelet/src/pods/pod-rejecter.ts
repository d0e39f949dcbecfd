import type { Pod } from "@vkubelet/core";
import type { PodScope, Requeue } from "./pod-scope.ts";

/** Why a pod is refused for good, in the words of its status and event. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

/** Fails one pod that this node does not run (pod-semantics F6), spaced where an owner goes on to make such pods. */
export class PodRejecter {
  readonly #scope: PodScope;
  #notBefore: number | undefined;

  constructor(scope: PodScope) {
    this.#scope = scope;
  }

  /** Milliseconds until a refusal that was told is carried out; 0 when none is under way. */
  get pending(): number {
    return Math.max(0, (this.#notBefore ?? 0) - this.#scope.environment.clock.monotonic());
  }

  /**
   * Tells the refusal, and fails the pod once its owner's earlier ones are long enough ago. Meanwhile the pod waits;
   * `untold` leaves its status as it was, for a pod that is not to have a start time.
   */
  async reject(pod: Pod, { reason, message }: Refusal, meanwhile: "waiting" | "untold"): Promise<Requeue> {
    const { environment, reporter } = this.#scope;
    if (this.#notBefore === undefined) {
      reporter.notify({ type: "Warning", reason, message });
      const now = environment.clock.monotonic();
      const delay = environment.rejections.delayFor(pod, now);
      this.#notBefore = now + delay;
      if (delay > 0) {
        if (meanwhile === "waiting") await reporter.write(pod, { waiting: { reason, message } });
        return delay;
      }
    }
    await reporter.write(pod, { failure: { reason, message: `Pod was rejected: ${message}` } });
    return undefined;
  }
}
