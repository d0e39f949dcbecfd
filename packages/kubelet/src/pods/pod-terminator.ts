import type { Pod } from "@vkubelet/core";
import { gracePeriodSeconds, isTerminalPhase } from "@vkubelet/pod";
import { isConflict, isNotFound } from "../api/kube-api-error.ts";
import type { KnownObservation } from "./observation-feed.ts";
import type { PodCreator } from "./pod-creator.ts";
import { callContextOf, type PodScope, type Requeue } from "./pod-scope.ts";
import { PodStopper } from "./pod-stopper.ts";
import { asEnded } from "./pod-times.ts";
import type { RunRecord } from "./run-record.ts";

/** While a pod is on its way out, it is looked at so often. */
export const absenceCheckMs = 1_000;
/** For pods whose object is gone: so long at most, whatever they wanted when it was there. */
const goneGraceSeconds = 30;

/** Ends one pod: at the backend first, then at the API server, then for good. */
export class PodTerminator {
  readonly #scope: PodScope;
  readonly #run: RunRecord;
  readonly #creator: PodCreator;
  readonly #stopper: PodStopper;
  /** The API server has accepted the removal; what keeps the object are finalizers of others. */
  #removalAccepted = false;

  constructor(scope: PodScope, run: RunRecord, creator: PodCreator) {
    this.#scope = scope;
    this.#run = run;
    this.#creator = creator;
    this.#stopper = new PodStopper(scope);
  }

  /** Whether this process has asked the backend to stop the pod. */
  get requested(): boolean {
    return this.#stopper.requested;
  }

  /** Sees to it that nothing of the pod goes on; true once that is so. */
  async stop(graceSeconds: number, beforeFirst: () => void = () => {}): Promise<boolean> {
    if (this.#isOver()) return true;
    if (!this.#stopper.requested) beforeFirst();
    await this.#stopper.request(graceSeconds);
    return this.#isOver();
  }

  /** A terminal pod whose object stays: whatever still runs for it must not. */
  async settle(pod: Pod, known: KnownObservation | undefined): Promise<Requeue> {
    if (known === undefined || known.missingSince !== undefined || known.observation.state === "ended")
      return undefined;
    await this.stop(gracePeriodSeconds(pod));
    return absenceCheckMs;
  }

  /** The pod is deleted at the API server: its object goes once nothing of it runs (pod-semantics G6). */
  async terminate(pod: Pod, known: KnownObservation | undefined): Promise<Requeue> {
    const { environment, ref, reporter } = this.#scope;
    const asked = this.#stopper.requested;
    if (!(await this.stop(gracePeriodSeconds(pod), () => this.#announceKilling(known)))) {
      // Many pods end at once, and then their end is all there is to write.
      if (asked && known !== undefined) await reporter.write(pod, { observation: known.observation });
      return absenceCheckMs;
    }
    const last = environment.feed.get(ref.uid)?.observation;
    if (!isTerminalPhase(reporter.status?.phase))
      await reporter.write(pod, last === undefined ? {} : { observation: asEnded(last) });
    await this.deleteObject();
    // The object may stay for its finalizers; the watch tells when it is gone.
    return undefined;
  }

  /** Removes the pod's object, and no other of its name. */
  async deleteObject(): Promise<undefined> {
    if (this.#removalAccepted) return;
    const { environment, ref, stopping } = this.#scope;
    const { signal } = stopping;
    const { namespace, name, uid } = ref;
    const body = { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0, preconditions: { uid } };
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    try {
      await environment.client.delete(path, body, { signal });
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
      // Gone already, or another pod bears the name; else it was written to at the same moment, and is asked for again.
      const present =
        isConflict(error) && (await environment.client.get<Pod>(path, { signal, absentOn404: true }));
      if (present && present.metadata?.uid === uid) throw error;
    }
    this.#removalAccepted = true;
  }

  /**
   * The object is gone: nothing of the pod may go on running (G8), and then the backend may forget it. `last` is the
   * object as this process saw it last.
   */
  async finish(last: Pod | undefined): Promise<Requeue | "done"> {
    const { calls, environment, ref, stopping } = this.#scope;
    const { feed, provider, resolver } = environment;
    const wanted = last === undefined ? goneGraceSeconds : gracePeriodSeconds(last);
    if (!(await this.stop(Math.min(wanted, goneGraceSeconds)))) return absenceCheckMs;
    await calls.run("releasePod", stopping.signal, async (signal) =>
      provider.releasePod?.(ref, callContextOf(this.#scope, signal)),
    );
    feed.forget(ref.uid);
    resolver.release(ref);
    return "done";
  }

  #isOver(): boolean {
    const terminal = isTerminalPhase(this.#scope.reporter.status?.phase);
    return this.#stopper.isOver(this.#run.attempt, !terminal && this.#creator.mayHaveCreated);
  }

  #announceKilling(known: KnownObservation | undefined): void {
    for (const { name, state } of known?.observation.containers ?? []) {
      if (state.type !== "running") continue;
      const message = `Stopping container ${name}`;
      this.#scope.reporter.notify({ type: "Normal", reason: "Killing", message, container: name });
    }
  }
}
