import {
  type CallContext,
  type Clock,
  type Logger,
  type Pod,
  type PodContext,
  type PodNotice,
  type PodObservation,
  type PodRef,
  type PodStatus,
  type Provider,
  providerErrorEffects,
  type ResolvedPod,
  toProviderError,
} from "@vkubelet/core";
import {
  computePodStatus,
  isTerminalPhase,
  nextBackoff,
  type ResolveWait,
  restartDecision,
  type StatusInput,
} from "@vkubelet/pod";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import { isConflict, isNotFound } from "../api/kube-api-error.ts";
import { AnnotationRecord } from "./annotation-record.ts";
import { containerEvents } from "./container-events.ts";
import type { EventRecorder } from "./event-recorder.ts";
import type { KnownObservation, ObservationFeed } from "./observation-feed.ts";
import type { PodResolver } from "./pod-resolver.ts";
import type { RejectionPacer } from "./rejection-pacer.ts";
import { RunRecord } from "./run-record.ts";
import { writePodStatus } from "./status-writer.ts";
import { withoutNulls } from "./without-nulls.ts";

/** What all workers of a node share. */
export interface PodWorkerEnvironment {
  readonly provider: Provider;
  readonly client: KubeApiClient;
  readonly feed: ObservationFeed;
  readonly resolver: PodResolver;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly hostIPs: readonly string[];
  readonly rejections: RejectionPacer;
}

/** Milliseconds after which the pod is due again, or undefined: only news makes it due. */
export type Requeue = number | undefined;

const firstCreateRetryMs = 1_000;
const maxCreateRetryMs = 300_000;
const resolveRetryMs = 60_000;
const absenceCheckMs = 1_000;
const killGraceOfOrphansSeconds = 30;

/**
 * Brings one pod (by UID) from what the API server says to what the backend does, one level-triggered step at a time.
 * The owner calls {@link sync} whenever the pod object, the observation, or a referenced object changed; calls never
 * overlap. All decisions are made from the pod object, the run record, and the latest observation, so that a fresh
 * worker after a restart decides the same.
 */
export class PodWorker {
  readonly ref: PodRef;
  readonly #env: PodWorkerEnvironment;
  readonly #abort = new AbortController();
  readonly #logger: Logger;
  readonly #providerRecord: AnnotationRecord;
  readonly #run: RunRecord;
  #pod: Pod | undefined;
  #written: Pod | undefined;
  #createdAttempt: number | undefined;
  #createdAt = 0;
  #createFailures = 0;
  #createNotBefore = 0;
  #createWait: { readonly reason: string; readonly message: string } | undefined;
  #rejectNotBefore: number | undefined;
  #deleteGrace: number | undefined;
  #deleteAcceptedAt: number | undefined;

  constructor(ref: PodRef, environment: PodWorkerEnvironment) {
    this.ref = ref;
    this.#env = environment;
    this.#logger = environment.logger.child({ pod: `${ref.namespace}/${ref.name}`, uid: ref.uid });
    const record = (annotation: string) =>
      new AnnotationRecord(environment.client, ref, annotation, this.#abort.signal);
    this.#providerRecord = record("vkubelet.dev/provider-record");
    this.#run = new RunRecord(record("vkubelet.dev/run"));
  }

  /** The pod as last seen or written; undefined once its object is gone. */
  get pod(): Pod | undefined {
    return this.#pod;
  }

  /** Takes the newest pod object; undefined when it was deleted from the API server. */
  observePod(pod: Pod | undefined): void {
    this.#pod = pod;
    if (pod === undefined || !isOlder(pod, this.#written)) this.#written = undefined;
    this.#providerRecord.observe(pod);
    this.#run.observe(pod);
  }

  /** Ends what the worker waits for; nothing at the backend is stopped. */
  stop(): void {
    this.#abort.abort(new Error("the kubelet stops"));
    this.#env.resolver.release(this.ref);
  }

  /** One step. `"done"`: the pod is over at the API server and at the backend, and the worker can go. */
  async sync(): Promise<Requeue | "done"> {
    const { feed } = this.#env;
    // Before the backend was listed once, nothing is known: no create, no end may be concluded.
    if (feed.listedAt === undefined) return undefined;
    const pod = this.#pod;
    const known = feed.get(this.ref.uid);
    if (pod === undefined) return this.#finish(known);
    if (pod.metadata?.deletionTimestamp !== undefined) return this.#terminate(pod, known);
    if (isTerminalPhase(this.#status?.phase)) return this.#settle(pod, known);
    return this.#drive(pod, known);
  }

  /** The status as last written by us, or as the API server holds it. */
  get #status(): PodStatus | undefined {
    return withoutNulls(this.#written?.status ?? this.#pod?.status);
  }

  // ---- running -------------------------------------------------------------------------------------------------

  async #drive(pod: Pod, known: KnownObservation | undefined): Promise<Requeue> {
    const { clock, provider } = this.#env;
    const deadline = deadlineOf(pod, this.#status);
    const endedByItself = known?.observation.state === "ended" && this.#deleteAcceptedAt === undefined;
    if (deadline !== undefined && clock.now() >= deadline && !endedByItself)
      return this.#exceedDeadline(pod, known);
    const untilDeadline = deadline === undefined ? undefined : deadline - clock.now();
    const attempt = Math.max(this.#run.attempt, known?.observation.attempt ?? 0);
    const observation = known?.observation.attempt === attempt ? known.observation : undefined;
    if (observation?.state === "ended") return soonest(await this.#ended(pod, observation), untilDeadline);
    if (known?.missingSince !== undefined || (observation === undefined && hasRun(this.#status, attempt))) {
      const missingSince = known?.missingSince ?? this.#env.feed.listedAt ?? clock.now();
      const left = missingSince + provider.traits.absenceGraceMs - clock.now();
      if (left > 0) return soonest(left, untilDeadline, absenceCheckMs);
      if (hasRun(this.#status, attempt)) return this.#lost(pod, known);
    } else if (observation !== undefined) {
      await this.#write(pod, { observation });
      return untilDeadline;
    }
    return soonest(await this.#create(pod, attempt), untilDeadline);
  }

  async #create(pod: Pod, attempt: number): Promise<Requeue> {
    const { clock, resolver, feed, provider } = this.#env;
    if (this.#createdAttempt === attempt) {
      // Accepted by the backend, not seen yet. Asking again is legal, and needed when the listing goes on to lack it.
      const patience = this.#createdAt + provider.traits.absenceGraceMs + 10_000;
      if (clock.now() < patience || (feed.listedAt ?? 0) < this.#createdAt) {
        feed.refresh();
        return absenceCheckMs;
      }
      this.#createdAttempt = undefined;
    }
    if (clock.now() < this.#createNotBefore) return this.#createNotBefore - clock.now();
    if (this.#rejectNotBefore !== undefined && clock.now() < this.#rejectNotBefore)
      return this.#rejectNotBefore - clock.now();

    let resolved: ResolvedPod;
    try {
      const outcome = await resolver.resolve(pod, attempt, this.#abort.signal);
      if (outcome.type === "waiting") return this.#waitForObjects(pod, outcome.waits);
      for (const warning of outcome.warnings) this.#notify(warning);
      resolved = outcome.pod;
    } catch (error) {
      return this.#createFailed(pod, error);
    }
    if (this.#status?.startTime === undefined) await this.#write(pod, {});
    try {
      await provider.createPod(resolved, this.#podContext());
    } catch (error) {
      return this.#createFailed(pod, error);
    }
    this.#createdAttempt = attempt;
    this.#createdAt = clock.now();
    this.#createFailures = 0;
    this.#createWait = undefined;
    if (!provider.watchPods) feed.refresh();
    return absenceCheckMs;
  }

  async #waitForObjects(pod: Pod, waits: readonly ResolveWait[]): Promise<Requeue> {
    for (const wait of waits) {
      this.#notify(
        wait.volume === undefined
          ? {
              type: "Warning",
              reason: "Failed",
              message: `Error: ${wait.message}`,
              ...(wait.container === undefined ? {} : { container: wait.container }),
            }
          : { type: "Warning", reason: "FailedMount", message: wait.message },
      );
    }
    await this.#write(pod, { waits });
    return resolveRetryMs;
  }

  async #createFailed(pod: Pod, thrown: unknown): Promise<Requeue> {
    if (this.#abort.signal.aborted) throw thrown;
    const { clock, rejections } = this.#env;
    const error = toProviderError(thrown);
    if (error.code === "Internal") this.#logger.error("the provider failed unexpectedly", { error: thrown });
    const effect = providerErrorEffects[error.code];
    if (effect.onCreate === "fail") {
      if (this.#rejectNotBefore === undefined) {
        this.#notify({ type: "Warning", reason: error.reason, message: error.message });
        const delay = rejections.delayFor(pod, clock.now());
        if (delay > 0) {
          this.#rejectNotBefore = clock.now() + delay;
          await this.#write(pod, { waiting: { reason: error.reason, message: error.message } });
          return delay;
        }
      }
      await this.#write(pod, {
        failure: { reason: error.reason, message: `Pod was rejected: ${error.message}` },
      });
      return undefined;
    }
    this.#createFailures += 1;
    const delay =
      error.retryAfterMs ?? Math.min(maxCreateRetryMs, firstCreateRetryMs * 2 ** (this.#createFailures - 1));
    this.#createNotBefore = clock.now() + delay;
    this.#createWait = { reason: error.reason, message: error.message };
    this.#notify({ type: "Warning", reason: "FailedCreatePodSandBox", message: error.message });
    await this.#write(pod, { waiting: this.#createWait });
    return delay;
  }

  async #ended(pod: Pod, observation: PodObservation): Promise<Requeue> {
    const { provider, clock } = this.#env;
    if (provider.traits.restarts === "runtime" && observation.failure === undefined) {
      const current = this.#status;
      const decision = restartDecision(
        current === undefined ? pod : { ...pod, status: current },
        observation,
      );
      if (decision.restart) {
        const finishedAt = finishedAtOf(observation) ?? clock.now();
        const { state, delayMs } = nextBackoff(this.#run.backoff, finishedAt);
        const due = finishedAt + delayMs;
        if (clock.now() < due) {
          await this.#write(pod, {
            observation,
            restart: { attempt: observation.attempt + 1, backoffMs: delayMs },
          });
          for (const container of decision.containers) {
            this.#notify({
              type: "Warning",
              reason: "BackOff",
              message: `Back-off restarting failed container ${container} in pod ${this.ref.name}_${this.ref.namespace}(${this.ref.uid})`,
              container,
            });
          }
          return due - clock.now();
        }
        await this.#write(pod, { observation, restart: { attempt: observation.attempt + 1 } });
        await this.#run.advance(observation.attempt + 1, state);
        return this.#create(pod, observation.attempt + 1);
      }
    }
    await this.#write(pod, { observation });
    return undefined;
  }

  async #lost(pod: Pod, known: KnownObservation | undefined): Promise<Requeue> {
    const message = `the ${this.#env.provider.name} backend no longer knows this pod, which it ran before`;
    this.#notify({ type: "Warning", reason: "PodLost", message });
    await this.#write(pod, {
      ...(known === undefined ? {} : { observation: asEnded(known.observation) }),
      failure: { reason: "PodLost", message, disruption: true },
    });
    return undefined;
  }

  async #exceedDeadline(pod: Pod, known: KnownObservation | undefined): Promise<Requeue> {
    const message = "Pod was active on the node longer than the specified deadline";
    this.#notify({ type: "Normal", reason: "DeadlineExceeded", message });
    if (known !== undefined && known.observation.state !== "ended" && known.missingSince === undefined) {
      return this.#requestDelete(pod.spec?.terminationGracePeriodSeconds ?? 30);
    }
    await this.#write(pod, {
      ...(known === undefined ? {} : { observation: asEnded(known.observation) }),
      failure: { reason: "DeadlineExceeded", message },
    });
    return undefined;
  }

  // ---- ending --------------------------------------------------------------------------------------------------

  /** A terminal pod whose object stays: whatever still runs for it must not. */
  async #settle(pod: Pod, known: KnownObservation | undefined): Promise<Requeue> {
    if (known === undefined || known.missingSince !== undefined || known.observation.state === "ended")
      return undefined;
    return this.#requestDelete(pod.spec?.terminationGracePeriodSeconds ?? killGraceOfOrphansSeconds);
  }

  async #terminate(pod: Pod, known: KnownObservation | undefined): Promise<Requeue> {
    const grace = Math.max(
      1,
      pod.metadata?.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30,
    );
    const over = this.#isOver(known);
    if (!over && (this.#deleteGrace === undefined || grace < this.#deleteGrace)) {
      this.#announceKilling(pod, known);
      await this.#requestDelete(grace);
    }
    if (!this.#isOver(this.#env.feed.get(this.ref.uid))) {
      const observation = known?.observation;
      if (observation !== undefined) await this.#write(pod, { observation });
      return absenceCheckMs;
    }
    const last = this.#env.feed.get(this.ref.uid)?.observation;
    if (!isTerminalPhase(this.#status?.phase))
      await this.#write(pod, last === undefined ? {} : { observation: asEnded(last) });
    try {
      await this.#env.client.delete(
        `/api/v1/namespaces/${this.ref.namespace}/pods/${this.ref.name}`,
        {
          apiVersion: "v1",
          kind: "DeleteOptions",
          gracePeriodSeconds: 0,
          preconditions: { uid: this.ref.uid },
        },
        { signal: this.#abort.signal },
      );
    } catch (error) {
      // Gone already, or another pod bears the name: either way this one is over.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
    // The object may stay for its finalizers; the watch tells when it is gone.
    return undefined;
  }

  /** The object is gone: nothing of the pod may go on running, and then the backend may forget it. */
  async #finish(known: KnownObservation | undefined): Promise<Requeue | "done"> {
    if (!this.#isOver(known)) {
      if (this.#deleteGrace === undefined) await this.#requestDelete(killGraceOfOrphansSeconds);
      if (!this.#isOver(this.#env.feed.get(this.ref.uid))) return absenceCheckMs;
    }
    await this.#env.provider.releasePod?.(this.ref, this.#callContext());
    this.#env.feed.forget(this.ref.uid);
    this.#env.resolver.release(this.ref);
    return "done";
  }

  /** Whether nothing of the pod runs or will run: seen ended, or absent for long enough after the request to stop. */
  #isOver(known: KnownObservation | undefined): boolean {
    const { clock, feed, provider } = this.#env;
    const present = known !== undefined && known.missingSince === undefined;
    if (known?.observation.state === "ended" && known.observation.attempt >= this.#run.attempt) return true;
    if (present && known.observation.state !== "ended") return false;
    // Absent, or only an earlier run is known.
    if (known === undefined && isTerminalPhase(this.#status?.phase)) return true;
    if (known === undefined && this.#createdAttempt === undefined && !this.#mayHaveCreated) return true;
    if (this.#deleteAcceptedAt === undefined) return false;
    const listedSince = (feed.listedAt ?? 0) >= this.#deleteAcceptedAt;
    if (!listedSince) feed.refresh();
    return listedSince && clock.now() - this.#deleteAcceptedAt >= provider.traits.absenceGraceMs;
  }

  /** Whether an earlier kubelet may have created something that no listing shows yet. */
  get #mayHaveCreated(): boolean {
    return (
      this.#createFailures > 0 ||
      this.#providerRecord.read() !== undefined ||
      this.#status?.startTime !== undefined
    );
  }

  async #requestDelete(gracePeriodSeconds: number): Promise<Requeue> {
    await this.#env.provider.deletePod(this.ref, { gracePeriodSeconds }, this.#podContext());
    this.#deleteGrace = gracePeriodSeconds;
    this.#deleteAcceptedAt ??= this.#env.clock.now();
    this.#env.feed.refresh();
    return absenceCheckMs;
  }

  #announceKilling(pod: Pod, known: KnownObservation | undefined): void {
    for (const container of known?.observation.containers ?? []) {
      if (container.state.type !== "running") continue;
      this.#notify({
        type: "Normal",
        reason: "Killing",
        message: `Stopping container ${container.name}`,
        container: container.name,
      });
    }
    this.#logger.debug("deleting", { phase: pod.status?.phase });
  }

  // ---- telling -------------------------------------------------------------------------------------------------

  async #write(
    pod: Pod,
    facts: Pick<StatusInput, "observation" | "waits" | "waiting" | "failure" | "restart">,
  ): Promise<void> {
    const { client, clock, hostIPs, provider } = this.#env;
    const previous = this.#status;
    const status = computePodStatus({
      pod,
      ...(previous === undefined ? {} : { previous }),
      now: `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
      node: { hostIPs },
      runtimeName: provider.name,
      deleting: pod.metadata?.deletionTimestamp !== undefined,
      ...facts,
    });
    for (const notice of containerEvents(pod, previous, status)) this.#notify(notice);
    if (facts.observation !== undefined) this.#announceWaiting(previous, facts.observation);
    const result = await writePodStatus(client, this.ref, previous, status, this.#abort.signal);
    if (result === "unchanged" || result === "gone") return;
    this.#written = result;
    this.#providerRecord.observe(result);
    this.#run.observe(result);
  }

  /** A wait of the backend (a queue, no capacity) is told once per change. */
  #announceWaiting(previous: PodStatus | undefined, observation: PodObservation): void {
    if (observation.state !== "waiting" || observation.reason === undefined) return;
    const shown = previous?.containerStatuses?.[0]?.state?.waiting;
    if (shown?.reason === observation.reason && shown.message === observation.message) return;
    this.#notify({
      type: "Normal",
      reason: observation.reason,
      message: observation.message ?? observation.reason,
    });
  }

  #notify(notice: PodNotice): void {
    this.#env.events.record({ kind: "Pod", ...this.ref }, notice);
  }

  #callContext(): CallContext {
    return { signal: this.#abort.signal, logger: this.#logger, clock: this.#env.clock };
  }

  #podContext(): PodContext {
    return { ...this.#callContext(), record: this.#providerRecord, notify: (notice) => this.#notify(notice) };
  }
}

/** Whether an object is older than what we wrote; resource versions of one object are increasing integers. */
function isOlder(pod: Pod, written: Pod | undefined): boolean {
  return (
    written !== undefined &&
    BigInt(pod.metadata?.resourceVersion ?? "0") < BigInt(written.metadata?.resourceVersion ?? "0")
  );
}

/** Whether the status says that a container of this very run has run (each run adds one to the restart count). */
function hasRun(status: PodStatus | undefined, attempt: number): boolean {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].some(
    ({ state, restartCount }) =>
      restartCount >= attempt && (state?.running !== undefined || state?.terminated !== undefined),
  );
}

function asEnded(observation: PodObservation): PodObservation {
  return { ...observation, state: "ended" };
}

function finishedAtOf(observation: PodObservation): number | undefined {
  const times = observation.containers.flatMap((container) =>
    container.state.type === "terminated" && container.state.finishedAt !== undefined
      ? [Date.parse(container.state.finishedAt)]
      : [],
  );
  return times.length === 0 ? undefined : Math.max(...times);
}

function deadlineOf(pod: Pod, status: PodStatus | undefined): number | undefined {
  const seconds = pod.spec?.activeDeadlineSeconds;
  if (seconds === undefined || status?.startTime === undefined) return undefined;
  return Date.parse(status.startTime) + seconds * 1_000;
}

function soonest(...delays: readonly (number | undefined)[]): Requeue {
  const known = delays.filter((delay) => delay !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
