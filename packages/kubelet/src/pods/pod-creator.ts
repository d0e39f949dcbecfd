import {
  type Pod,
  type PodNotice,
  providerErrorEffects,
  type ResolvedPod,
  toProviderError,
} from "@vkubelet/core";
import type { ResolveWait } from "@vkubelet/pod";
import { PodRejecter } from "./pod-rejecter.ts";
import type { Resolved } from "./pod-resolver.ts";
import { type PodScope, podContextOf, type Requeue } from "./pod-scope.ts";
import type { PodUpdater } from "./pod-updater.ts";

const firstRetryMs = 1_000;
const maxRetryMs = 300_000;
const resolveRetryMs = 60_000;
/** While it cannot be said whether the node takes the pod. */
const admissionRetryMs = 1_000;
/** While an accepted run is not seen yet, it is looked for so often. */
const visibilityCheckMs = 1_000;
/** Beyond the backend's own lag; then the run is asked for again, which is legal. */
const visibilityMarginMs = 10_000;

type ResolvedOutcome = Extract<Resolved, { readonly type: "resolved" }>;

/** Sees to it that a run of one pod exists at the backend: resolves, creates, retries, rejects. */
export class PodCreator {
  readonly #scope: PodScope;
  readonly #rejecter: PodRejecter;
  readonly #updater: PodUpdater;
  /** The run for which the backend was asked last, whatever came of it. */
  #asked: number | undefined;
  #accepted: { readonly attempt: number; readonly at: number } | undefined;
  #failures = 0;
  #notBefore = 0;

  constructor(scope: PodScope, updater: PodUpdater) {
    this.#scope = scope;
    this.#updater = updater;
    this.#rejecter = new PodRejecter(scope);
  }

  /** Whether this process or, by what is durable, an earlier one may have created something that no listing shows yet. */
  get mayHaveCreated(): boolean {
    const { reporter, record } = this.#scope;
    return (
      this.#accepted !== undefined ||
      this.#failures > 0 ||
      reporter.status?.startTime !== undefined ||
      record.read() !== undefined
    );
  }

  /** One step towards run `attempt`. */
  async create(pod: Pod, attempt: number): Promise<Requeue> {
    const { clock } = this.#scope.environment;
    if (this.#isAwaited(attempt)) return visibilityCheckMs;
    const pause = Math.max(this.#notBefore - clock.monotonic(), this.#rejecter.pending);
    if (pause > 0) return pause;
    try {
      const refused = await this.#admit(pod);
      if (refused !== "admitted") return refused;
      const outcome = await this.#resolve(pod, attempt);
      if (typeof outcome !== "object") return outcome;
      return await this.#createResolved(pod, outcome.pod, outcome.revision);
    } catch (error) {
      // Given up because the pod is deleted: the next step ends it, whatever may have come of this one.
      if (!this.#scope.unwanted.aborted || this.#scope.stopping.aborted) throw error;
      this.#failures += 1;
      return 0;
    }
  }

  /** Asks, before anything is done for the pod, whether the node takes it. */
  async #admit(pod: Pod): Promise<Requeue | "admitted"> {
    const { environment, reporter } = this.#scope;
    const verdict = environment.admission.admit(pod);
    if ("waiting" in verdict) {
      reporter.notify({ type: "Warning", reason: "FailedSync", message: verdict.waiting });
      return admissionRetryMs;
    }
    if (verdict.admitted) return "admitted";
    return this.#rejecter.reject(pod, verdict, "untold");
  }

  /** Whether the backend has accepted the run and may still take its time to show it. */
  #isAwaited(attempt: number): boolean {
    const { clock, feed, provider } = this.#scope.environment;
    const accepted = this.#accepted;
    if (accepted?.attempt !== attempt) return false;
    const patience = accepted.at + provider.traits.absenceGraceMs + visibilityMarginMs;
    if (clock.monotonic() >= patience && (feed.listedAt ?? 0) >= accepted.at) return false;
    feed.refresh();
    return true;
  }

  async #resolve(pod: Pod, attempt: number): Promise<ResolvedOutcome | Requeue> {
    const { environment, reporter } = this.#scope;
    try {
      const outcome = await environment.resolver.resolve(pod, attempt, this.#scope.unwanted.signal);
      if (outcome.type === "waiting") return await this.#waitForObjects(pod, outcome.waits);
      for (const warning of outcome.warnings) reporter.notify(warning);
      return outcome;
    } catch (error) {
      if (this.#scope.unwanted.aborted) throw error;
      const message = `cannot look up what the pod refers to: ${error instanceof Error ? error.message : String(error)}`;
      return this.#retry(pod, { event: "FailedSync", reason: "FailedSync", message });
    }
  }

  async #createResolved(pod: Pod, resolved: ResolvedPod, revision: number): Promise<Requeue> {
    const { environment, reporter } = this.#scope;
    const { clock, feed, provider } = environment;
    // Durable before anything is created: a pod with a start time may exist at the backend although no listing shows it.
    const mayBeUnlisted = provider.traits.absenceGraceMs > 0;
    if (mayBeUnlisted && reporter.status?.startTime === undefined) {
      if ((await reporter.write(pod, {})) === "gone") return undefined;
    }
    const askedBefore = this.#asked === resolved.attempt;
    this.#asked = resolved.attempt;
    try {
      await this.#scope.calls.run("createPod", this.#scope.unwanted.signal, (signal) =>
        provider.createPod(resolved, podContextOf(this.#scope, signal)),
      );
    } catch (error) {
      if (this.#scope.unwanted.aborted) throw error;
      return this.#createFailed(pod, error);
    }
    this.#accepted = { attempt: resolved.attempt, at: clock.monotonic() };
    this.#failures = 0;
    // A backend keeps what it created first, and which of several tries that was is not known.
    if (askedBefore) this.#updater.forget();
    else this.#updater.created(resolved, revision);
    if (!provider.watchPods) feed.refresh();
    return visibilityCheckMs;
  }

  async #waitForObjects(pod: Pod, waits: readonly ResolveWait[]): Promise<Requeue> {
    const { reporter } = this.#scope;
    for (const notice of waits.flatMap(waitNotices)) reporter.notify(notice);
    await reporter.write(pod, { waits });
    return resolveRetryMs;
  }

  #createFailed(pod: Pod, thrown: unknown): Promise<Requeue> {
    const { logger, environment } = this.#scope;
    const error = toProviderError(thrown);
    if (error.code === "Internal") logger.error("the provider failed unexpectedly", { error: thrown });
    const effect = providerErrorEffects[error.code];
    if (effect.onCreate === "fail") return this.#rejecter.reject(pod, error, "waiting");
    // A backend that is out of order as a whole shows in its listing, by which the node's readiness is judged.
    if (effect.nodeUnready) environment.feed.refresh();
    return this.#retry(pod, { event: "FailedCreatePodSandBox", ...error, message: error.message });
  }

  async #retry(
    pod: Pod,
    why: { event: string; reason: string; message: string; retryAfterMs?: number | undefined },
  ): Promise<Requeue> {
    const { environment, reporter } = this.#scope;
    this.#failures += 1;
    const delay = why.retryAfterMs ?? Math.min(maxRetryMs, firstRetryMs * 2 ** (this.#failures - 1));
    this.#notBefore = environment.clock.monotonic() + delay;
    reporter.notify({ type: "Warning", reason: why.event, message: why.message });
    await reporter.write(pod, { waiting: { reason: why.reason, message: why.message } });
    return delay;
  }
}

/** What the kubelet tells of a wait. */
function waitNotices({ reason, container, message }: ResolveWait): readonly PodNotice[] {
  if (reason === "FailedMount") return [{ type: "Warning", reason, message }];
  const about = { type: "Warning" as const, ...(container === undefined ? {} : { container }) };
  if (reason !== "InvalidImageName") return [{ ...about, reason: "Failed", message: `Error: ${message}` }];
  return [
    { ...about, reason: "InspectFailed", message },
    { ...about, reason: "Failed", message: `Error: ${reason}` },
  ];
}
