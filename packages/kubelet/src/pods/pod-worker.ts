import {
  isProviderError,
  type Logger,
  type Pod,
  type PodContext,
  type PodObservation,
  type PodRef,
} from "@vkubelet/core";
import {
  activeDeadline,
  deadlineVerdict,
  gracePeriodSeconds,
  isMirrorPod,
  isTerminalPhase,
  nextBackoff,
  restartDecision,
} from "@vkubelet/pod";
import { isConflict, isNotFound, KubeApiError } from "../api/kube-api-error.ts";
import { AnnotationRecord } from "./annotation-record.ts";
import type { KnownObservation } from "./observation-feed.ts";
import { PodCreator } from "./pod-creator.ts";
import { PodReporter } from "./pod-reporter.ts";
import {
  callContextOf,
  type PodScope,
  type PodWorkerEnvironment,
  podContextOf,
  type Requeue,
} from "./pod-scope.ts";
import { PodStopper } from "./pod-stopper.ts";
import { asEnded, finishedAtOf, hasRun, soonest } from "./pod-times.ts";
import { callProvider, changeLimitMs } from "./provider-call.ts";
import { RunRecord } from "./run-record.ts";

const absenceCheckMs = 1_000;
/** For pods whose object is gone, and with it what they wanted. */
const unknownGraceSeconds = 30;

/**
 * Brings one pod (by UID) from what the API server says to what the backend does, one level-triggered step at a time.
 * The owner calls {@link sync} whenever the pod object, the observation, or a referenced object changed; calls never
 * overlap. All decisions are made from the pod object, the run record, and the latest observation, so that a fresh
 * worker after a restart decides the same.
 */
export class PodWorker {
  readonly ref: PodRef;
  readonly #environment: PodWorkerEnvironment;
  readonly #abort = new AbortController();
  readonly #logger: Logger;
  readonly #scope: PodScope;
  readonly #reporter: PodReporter;
  readonly #run: RunRecord;
  readonly #creator: PodCreator;
  readonly #stopper: PodStopper;
  #deadlineTold = false;
  /** The API server has accepted the removal; what keeps the object are finalizers of others. */
  #removalAccepted = false;
  /** When it was first concluded that a pod which ran before is unknown to the backend. */
  #absentSince: number | undefined;
  /** When the end of the current run was first seen, for backends that do not tell when it was. */
  #endSeen: { readonly attempt: number; readonly at: number } | undefined;

  constructor(ref: PodRef, environment: PodWorkerEnvironment) {
    this.ref = ref;
    this.#environment = environment;
    this.#logger = environment.logger.child({ pod: `${ref.namespace}/${ref.name}`, uid: ref.uid });
    const { signal } = this.#abort;
    const record = new AnnotationRecord(environment.client, ref, "vkubelet.dev/provider-record", signal);
    this.#run = new RunRecord(new AnnotationRecord(environment.client, ref, "vkubelet.dev/run", signal));
    this.#reporter = new PodReporter(ref, environment, signal, (pod) => {
      record.observe(pod);
      this.#run.observe(pod);
    });
    this.#scope = { ref, environment, logger: this.#logger, signal, reporter: this.#reporter, record };
    this.#creator = new PodCreator(this.#scope);
    this.#stopper = new PodStopper(this.#scope);
  }

  /** The pod as last seen; undefined once its object is gone. */
  get pod(): Pod | undefined {
    return this.#reporter.pod;
  }

  /** Takes the newest pod object; undefined when it was deleted from the API server. */
  observePod(pod: Pod | undefined): void {
    this.#reporter.observe(pod);
    this.#scope.record.observe(pod);
    this.#run.observe(pod);
    if (pod === undefined || pod.metadata?.deletionTimestamp !== undefined) this.#creator.cancel();
  }

  /** The context of a call about this pod from outside its steps, such as a reader of logs. */
  contextFor(signal: AbortSignal): PodContext {
    return podContextOf(this.#scope, signal);
  }

  /** Ends what the worker waits for; nothing at the backend is stopped. */
  stop(): void {
    this.#abort.abort(new Error("the kubelet stops"));
    this.#environment.resolver.release(this.ref);
  }

  /** One step. `"done"`: the pod is over at the API server and at the backend, and the worker can go. */
  async sync(): Promise<Requeue | "done"> {
    const { feed } = this.#environment;
    // Before the backend was listed once, nothing is known: no create, no end may be concluded.
    if (feed.listedAt === undefined) return undefined;
    const known = feed.get(this.ref.uid);
    const { pod } = this;
    if (pod === undefined) return this.#finish();
    // The picture of a static pod, which no virtual node has: it is nobody's, and goes (pod-semantics U1).
    if (isMirrorPod(pod)) return this.#deleteObject();
    const deleting = pod.metadata?.deletionTimestamp !== undefined;
    try {
      if (deleting) return await this.#terminate(pod, known);
      if (isTerminalPhase(this.#reporter.status?.phase)) return await this.#settle(pod, known);
      return await this.#drive(pod, known);
    } catch (error) {
      if (!this.#abort.signal.aborted && !(error instanceof KubeApiError)) {
        const message = isProviderError(error) || error instanceof Error ? error.message : String(error);
        this.#reporter.notify({
          type: "Warning",
          reason: deleting ? "FailedKillPod" : "FailedSync",
          message,
        });
      }
      throw error;
    }
  }

  async #drive(pod: Pod, known: KnownObservation | undefined): Promise<Requeue> {
    const { clock } = this.#environment;
    const attempt = Math.max(this.#run.attempt, known?.observation.attempt ?? 0);
    const observation = known?.observation.attempt === attempt ? known.observation : undefined;
    const deadline = activeDeadline(pod, this.#reporter.status);
    if (deadline !== undefined && clock.now() >= deadline && !this.#endedBefore(deadline, pod, observation))
      return this.#exceedDeadline(pod, observation);
    const untilDeadline =
      deadline === undefined || deadline <= clock.now() ? undefined : deadline - clock.now();
    return soonest(await this.#follow(pod, attempt, known, observation), untilDeadline);
  }

  async #follow(
    pod: Pod,
    attempt: number,
    known: KnownObservation | undefined,
    observation: PodObservation | undefined,
  ): Promise<Requeue> {
    if (observation?.state === "ended") return this.#ended(pod, observation);
    const present = observation !== undefined && known?.missingSince === undefined;
    if (present) {
      this.#absentSince = undefined;
      await this.#reporter.write(pod, { observation });
      return undefined;
    }
    const ran = observation?.state === "active" || hasRun(pod, this.#reporter.status, attempt);
    if (known?.missingSince !== undefined || ran) {
      const left = this.#absenceLeft(known);
      if (left > 0) return Math.min(left, absenceCheckMs);
    }
    return ran ? this.#lost(pod, observation) : this.#creator.create(pod, attempt);
  }

  /** Milliseconds for which the pod may go on to be absent before that means that it is gone. */
  #absenceLeft(known: KnownObservation | undefined): number {
    const { clock, feed, provider } = this.#environment;
    this.#absentSince = known?.missingSince ?? this.#absentSince ?? feed.listedAt ?? clock.now();
    return this.#absentSince + provider.traits.absenceGraceMs - clock.now();
  }

  async #ended(pod: Pod, observation: PodObservation): Promise<Requeue> {
    const { clock } = this.#environment;
    if (!this.#restarts(pod, observation)) {
      await this.#reporter.write(pod, { observation });
      return undefined;
    }
    const attempt = observation.attempt + 1;
    const finishedAt = this.#endOf(observation);
    const { state, delayMs } = nextBackoff(this.#run.backoff, finishedAt);
    const left = finishedAt + delayMs - clock.now();
    const restart = { attempt, ...(delayMs > 0 && { backoffMs: delayMs }) };
    // This end must be told before the next run is observed, or it is not counted.
    if ((await this.#reporter.write(pod, { observation, restart })) === "gone") return undefined;
    if (left > 0) return left;
    await this.#run.advance(attempt, state);
    return this.#creator.create(pod, attempt);
  }

  /** Whether the host is to run the pod anew after this end. */
  #restarts(pod: Pod, observation: PodObservation): boolean {
    if (this.#environment.provider.traits.restarts !== "runtime") return false;
    const { status } = this.#reporter;
    return restartDecision(status === undefined ? pod : { ...pod, status }, observation).restart;
  }

  /** When the run ended: as the backend says, but not later than it was seen, whatever its clock shows. */
  #endOf(observation: PodObservation): number {
    const { attempt } = observation;
    if (this.#endSeen?.attempt !== attempt) this.#endSeen = { attempt, at: this.#environment.clock.now() };
    return Math.min(finishedAtOf(observation) ?? this.#endSeen.at, this.#endSeen.at);
  }

  async #lost(pod: Pod, observation: PodObservation | undefined): Promise<Requeue> {
    const message = `the ${this.#environment.provider.name} backend no longer knows this pod, which it ran before`;
    this.#reporter.notify({ type: "Warning", reason: "PodLost", message });
    await this.#reporter.write(pod, {
      ...(observation === undefined ? {} : { observation: asEnded(observation) }),
      failure: { reason: "PodLost", message, disruption: true },
    });
    return undefined;
  }

  /** Whether the pod was over for good before its deadline, so that this has nothing to say. */
  #endedBefore(deadline: number, pod: Pod, observation: PodObservation | undefined): boolean {
    if (observation?.state !== "ended" || this.#stopper.requested) return false;
    return (finishedAtOf(observation) ?? deadline) <= deadline && !this.#restarts(pod, observation);
  }

  async #exceedDeadline(pod: Pod, observation: PodObservation | undefined): Promise<Requeue> {
    const { event, failure } = deadlineVerdict();
    if (!this.#deadlineTold && event !== undefined) this.#reporter.notify(event);
    this.#deadlineTold = true;
    if (!(await this.#stop(gracePeriodSeconds(pod)))) return absenceCheckMs;
    const last = this.#environment.feed.get(this.ref.uid)?.observation ?? observation;
    await this.#reporter.write(pod, {
      ...(last === undefined ? {} : { observation: asEnded(last) }),
      failure,
    });
    return undefined;
  }

  /** A terminal pod whose object stays: whatever still runs for it must not. */
  async #settle(pod: Pod, known: KnownObservation | undefined): Promise<Requeue> {
    if (known === undefined || known.missingSince !== undefined || known.observation.state === "ended")
      return undefined;
    await this.#stop(gracePeriodSeconds(pod));
    return absenceCheckMs;
  }

  async #terminate(pod: Pod, known: KnownObservation | undefined): Promise<Requeue> {
    const asked = this.#stopper.requested;
    if (!(await this.#stop(gracePeriodSeconds(pod), () => this.#announceKilling(known)))) {
      // Many pods end at once, and then their end is all there is to write.
      if (asked && known !== undefined) await this.#reporter.write(pod, { observation: known.observation });
      return absenceCheckMs;
    }
    const last = this.#environment.feed.get(this.ref.uid)?.observation;
    if (!isTerminalPhase(this.#reporter.status?.phase))
      await this.#reporter.write(pod, last === undefined ? {} : { observation: asEnded(last) });
    await this.#deleteObject();
    // The object may stay for its finalizers; the watch tells when it is gone.
    return undefined;
  }

  async #deleteObject(): Promise<undefined> {
    if (this.#removalAccepted) return;
    const { namespace, name, uid } = this.ref;
    const body = { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0, preconditions: { uid } };
    try {
      await this.#environment.client.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, body, {
        signal: this.#abort.signal,
      });
    } catch (error) {
      // Gone already, or another pod bears the name: either way this one is over.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
    this.#removalAccepted = true;
  }

  /** The object is gone: nothing of the pod may go on running, and then the backend may forget it. */
  async #finish(): Promise<Requeue | "done"> {
    const { clock, feed, provider, resolver } = this.#environment;
    if (!(await this.#stop(unknownGraceSeconds))) return absenceCheckMs;
    const limits = { clock, signal: this.#abort.signal, limitMs: changeLimitMs, abandon: false };
    await callProvider("releasePod", limits, async (signal) =>
      provider.releasePod?.(this.ref, callContextOf(this.#scope, signal)),
    );
    feed.forget(this.ref.uid);
    resolver.release(this.ref);
    return "done";
  }

  /** Sees to it that nothing of the pod goes on; true once that is so. */
  async #stop(graceSeconds: number, beforeFirst: () => void = () => {}): Promise<boolean> {
    if (this.#isOver()) return true;
    if (!this.#stopper.requested) beforeFirst();
    await this.#stopper.request(graceSeconds);
    return this.#isOver();
  }

  #isOver(): boolean {
    const terminal = isTerminalPhase(this.#reporter.status?.phase);
    return this.#stopper.isOver(this.#run.attempt, !terminal && this.#creator.mayHaveCreated);
  }

  #announceKilling(known: KnownObservation | undefined): void {
    for (const { name, state } of known?.observation.containers ?? []) {
      if (state.type !== "running") continue;
      const message = `Stopping container ${name}`;
      this.#reporter.notify({ type: "Normal", reason: "Killing", message, container: name });
    }
  }
}
