import {
  type Logger,
  type Pod,
  type PodContext,
  type PodObservation,
  type PodRef,
  toProviderError,
} from "@vkubelet/core";
import {
  activeDeadline,
  deadlineVerdict,
  gracePeriodSeconds,
  isMirrorPod,
  isTerminalPhase,
  nextBackoff,
  type PodVerdict,
  restartDecision,
} from "@vkubelet/pod";
import { KubeApiError } from "../api/kube-api-error.ts";
import { AnnotationRecord } from "./annotation-record.ts";
import { ChangeCalls } from "./change-calls.ts";
import { LazySignal } from "./lazy-signal.ts";
import { NewsPace } from "./news-pace.ts";
import type { KnownObservation } from "./observation-feed.ts";
import { PodCreator } from "./pod-creator.ts";
import { PodReporter } from "./pod-reporter.ts";
import { PodResizer } from "./pod-resizer.ts";
import {
  kubeletStops,
  type PodScope,
  type PodWorkerEnvironment,
  podContextOf,
  podUnwanted,
  type Requeue,
} from "./pod-scope.ts";
import { absenceCheckMs, PodTerminator } from "./pod-terminator.ts";
import { asEnded, finishedAtOf, hasRun, soonest } from "./pod-times.ts";
import { PodUpdater } from "./pod-updater.ts";
import { RunRecord } from "./run-record.ts";

/** A deadline is a time of day, which may be set: it is looked at at least so often. */
const deadlineCheckMs = 60_000;

/**
 * Brings one pod (by UID) from what the API server says to what the backend does, one level-triggered step at a time.
 * The owner calls {@link sync} whenever the pod object, the observation, or a referenced object changed; calls never
 * overlap. All decisions are made from the pod object, the run record, and the latest observation, so that a fresh
 * worker after a restart decides the same.
 */
export class PodWorker {
  readonly ref: PodRef;
  readonly news: NewsPace = new NewsPace();
  readonly #environment: PodWorkerEnvironment;
  readonly #stopping = new LazySignal();
  readonly #unwanted = new LazySignal();
  readonly #logger: Logger;
  readonly #scope: PodScope;
  readonly #reporter: PodReporter;
  readonly #run: RunRecord;
  readonly #creator: PodCreator;
  readonly #updater: PodUpdater;
  readonly #resizer: PodResizer;
  readonly #terminator: PodTerminator;
  /** Why the host ends the pod, and whether the event was written. */
  #verdict: PodVerdict | undefined;
  #verdictTold = false;
  /** When it was first concluded that a pod which ran before is unknown to the backend. */
  #absentSince: number | undefined;
  /** The pod as it was last, once its object is gone. */
  #gone: Pod | undefined;
  /** When the end of the current run was first seen: the time of day, and the same moment by the monotonic clock. */
  #endSeen: { readonly attempt: number; readonly at: number; readonly moment: number } | undefined;

  constructor(ref: PodRef, environment: PodWorkerEnvironment) {
    this.ref = ref;
    this.#environment = environment;
    this.#logger = environment.logger.child({ pod: `${ref.namespace}/${ref.name}`, uid: ref.uid });
    const [stopping, unwanted] = [this.#stopping, this.#unwanted];
    const recordOf = (annotation: string) =>
      new AnnotationRecord(environment.client, ref, annotation, stopping);
    const record = recordOf("vkubelet.dev/provider-record");
    this.#run = new RunRecord(recordOf("vkubelet.dev/run"));
    const reporter = new PodReporter(ref, environment, stopping, (pod) => {
      record.observe(pod);
      this.#run.observe(pod);
    });
    this.#reporter = reporter;
    const calls = new ChangeCalls(environment.clock, environment.changeLimits);
    this.#scope = { ref, environment, logger: this.#logger, stopping, unwanted, reporter, record, calls };
    this.#updater = new PodUpdater(this.#scope);
    this.#resizer = new PodResizer(this.#scope, this.#updater);
    this.#creator = new PodCreator(this.#scope, this.#updater);
    this.#terminator = new PodTerminator(this.#scope, this.#run, this.#creator);
  }

  /** The pod as last seen; undefined once its object is gone. */
  get pod(): Pod | undefined {
    return this.#reporter.pod;
  }

  /** Takes the newest pod object; undefined when it was deleted from the API server. */
  observePod(pod: Pod | undefined): void {
    if (pod === undefined) this.#gone ??= this.pod;
    this.#reporter.observe(pod);
    this.#scope.record.observe(pod);
    this.#run.observe(pod);
    if (pod !== undefined) this.#updater.observe(pod);
    if (pod !== undefined && pod.metadata?.deletionTimestamp === undefined) return;
    this.#unwanted.abort(podUnwanted);
  }

  /** The context of a call about this pod from outside its steps, such as a reader of logs. */
  contextFor(signal: AbortSignal): PodContext {
    return podContextOf(this.#scope, signal);
  }

  /** Ends the pod for a reason of the node's own. What was over before stays as it was. */
  end(verdict: PodVerdict): void {
    this.#verdict ??= verdict;
    this.#unwanted.abort(podUnwanted);
  }

  /** Whether the pod is over, as the API server was told. */
  get isOver(): boolean {
    return isTerminalPhase(this.#reporter.status?.phase);
  }

  /** Ends what the worker waits for; nothing at the backend is stopped. */
  stop(): void {
    this.#stopping.abort(kubeletStops);
    this.#unwanted.abort(kubeletStops);
    this.#environment.resolver.release(this.ref);
  }

  /** One step. `"done"`: the pod is over at the API server and at the backend, and the worker can go. */
  async sync(): Promise<Requeue | "done"> {
    const { feed } = this.#environment;
    // Before the backend was listed once, nothing is known: no create, no end may be concluded.
    if (feed.listedAt === undefined) return undefined;
    const known = feed.get(this.ref.uid);
    const { pod } = this;
    if (pod === undefined) return this.#terminator.finish(this.#gone);
    const deleting = pod.metadata?.deletionTimestamp !== undefined;
    // The picture of a static pod stands for nothing here: it is left alone until somebody deletes it (pod-semantics U1).
    if (isMirrorPod(pod)) return deleting ? this.#terminator.deleteObject() : undefined;
    try {
      if (deleting) return await this.#terminator.terminate(pod, known);
      if (isTerminalPhase(this.#reporter.status?.phase)) return await this.#terminator.settle(pod, known);
      return await this.#drive(pod, known);
    } catch (error) {
      if (!this.#stopping.aborted && !(error instanceof KubeApiError)) {
        const reason = deleting ? "FailedKillPod" : "FailedSync";
        this.#reporter.notify({ type: "Warning", reason, message: toProviderError(error).message });
      }
      throw error;
    } finally {
      this.#stopping.rest();
      this.#unwanted.rest();
    }
  }

  async #drive(pod: Pod, known: KnownObservation | undefined): Promise<Requeue> {
    const { clock } = this.#environment;
    const attempt = Math.max(this.#run.attempt, known?.observation.attempt ?? 0);
    const observation = known?.observation.attempt === attempt ? known.observation : undefined;
    if (this.#verdict !== undefined && !this.#endedByItself(pod, observation))
      return this.#endFor(this.#verdict, pod, observation);
    const deadline = activeDeadline(pod, this.#reporter.status);
    if (deadline !== undefined && clock.now() >= deadline && !this.#endedBefore(deadline, pod, observation))
      return this.#endFor(deadlineVerdict(), pod, observation);
    const untilDeadline =
      deadline === undefined || deadline <= clock.now()
        ? undefined
        : Math.min(deadline - clock.now(), deadlineCheckMs);
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
      if ((await this.#reporter.write(pod, { observation })) === "gone") return undefined;
      return this.#keepUp(pod, attempt);
    }
    const ran = observation?.state === "active" || hasRun(pod, this.#reporter.status, attempt);
    if (known?.missingSince !== undefined || ran) {
      const left = this.#absenceLeft(known);
      if (left > 0) return Math.min(left, absenceCheckMs);
    }
    return ran ? this.#lost(pod, observation) : this.#creator.create(this.#resizer.allocated(pod), attempt);
  }

  /** Carries over what changed of the pod since it was created. */
  async #keepUp(pod: Pod, attempt: number): Promise<Requeue> {
    const again = await this.#updater.update(this.#resizer.allocated(pod), attempt);
    return soonest(again, await this.#resizer.resize(pod, attempt));
  }

  /** Milliseconds for which the pod may go on to be absent before that means that it is gone. */
  #absenceLeft(known: KnownObservation | undefined): number {
    const { clock, feed, provider } = this.#environment;
    this.#absentSince = known?.missingSince ?? this.#absentSince ?? feed.listedAt ?? clock.monotonic();
    return this.#absentSince + provider.traits.absenceGraceMs - clock.monotonic();
  }

  async #ended(pod: Pod, observation: PodObservation): Promise<Requeue> {
    if (!this.#restarts(pod, observation)) {
      await this.#reporter.write(pod, { observation });
      return undefined;
    }
    const attempt = observation.attempt + 1;
    const { finishedAt, sinceMs } = this.#endOf(observation);
    const { state, delayMs } = nextBackoff(this.#run.backoff, finishedAt);
    const left = delayMs - sinceMs;
    const restart = { attempt, ...(delayMs > 0 && { backoffMs: delayMs }) };
    // This end must be told before the next run is observed, or it is not counted.
    if ((await this.#reporter.write(pod, { observation, restart })) === "gone") return undefined;
    if (left > 0) return left;
    await this.#run.advance(attempt, state);
    return this.#creator.create(this.#resizer.allocated(pod), attempt);
  }

  /** Whether the host is to run the pod anew after this end. */
  #restarts(pod: Pod, observation: PodObservation): boolean {
    if (this.#environment.provider.traits.restarts !== "runtime") return false;
    const { status } = this.#reporter;
    return restartDecision(status === undefined ? pod : { ...pod, status }, observation).restart;
  }

  /**
   * When the run ended: as the backend says, but not later than it was seen, whatever its clock shows; and how long ago
   * that is, whatever has been done to the time of day since.
   */
  #endOf(observation: PodObservation): { readonly finishedAt: number; readonly sinceMs: number } {
    const { attempt } = observation;
    const { clock } = this.#environment;
    if (this.#endSeen?.attempt !== attempt)
      this.#endSeen = { attempt, at: clock.now(), moment: clock.monotonic() };
    const { at, moment } = this.#endSeen;
    const finishedAt = Math.min(finishedAtOf(observation) ?? at, at);
    return { finishedAt, sinceMs: at - finishedAt + clock.monotonic() - moment };
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

  /** Whether the run is over, nothing of it was stopped by us, and none follows. */
  #endedByItself(pod: Pod, observation: PodObservation | undefined): boolean {
    if (observation?.state !== "ended" || this.#terminator.requested) return false;
    return !this.#restarts(pod, observation);
  }

  /** Whether the pod was over for good before its deadline, so that this has nothing to say. */
  #endedBefore(deadline: number, pod: Pod, observation: PodObservation | undefined): boolean {
    if (observation === undefined || !this.#endedByItself(pod, observation)) return false;
    return (finishedAtOf(observation) ?? deadline) <= deadline;
  }

  async #endFor(
    { event, failure, graceOverride = Number.POSITIVE_INFINITY }: PodVerdict,
    pod: Pod,
    observation: PodObservation | undefined,
  ): Promise<Requeue> {
    if (!this.#verdictTold && event !== undefined) this.#reporter.notify(event);
    this.#verdictTold = true;
    const grace = Math.min(gracePeriodSeconds(pod), graceOverride);
    if (!(await this.#terminator.stop(grace))) return absenceCheckMs;
    const last = this.#environment.feed.get(this.ref.uid)?.observation ?? observation;
    await this.#reporter.write(pod, {
      ...(last === undefined ? {} : { observation: asEnded(last) }),
      failure,
    });
    return undefined;
  }
}
