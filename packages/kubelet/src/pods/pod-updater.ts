import { type Pod, providerErrorEffects, type ResolvedPod, toProviderError } from "@vkubelet/core";
import {
  changesBetween,
  type GivenPod,
  givenOf,
  hasLiveFiles,
  imagesOf,
  type MadeContainers,
  shownMetadata,
  withMadeContainers,
} from "./given-pod.ts";
import { type PodScope, podContextOf, type Requeue } from "./pod-scope.ts";

const firstRetryMs = 1_000;
const maxRetryMs = 300_000;
const unseenChanges = "what changed while no kubelet ran";

/**
 * Carries to a running pod what changes while it runs: files of ConfigMaps, Secrets, tokens and the downward API (C5,
 * C7, D7), and images (I7). Level-triggered: what the pod is now is held against what its backend was last given, so
 * that many changes at once become one call. After a restart of the kubelet nobody knows what was given, and a backend
 * that takes changes is told once how things are.
 */
export class PodUpdater {
  readonly #scope: PodScope;
  #given: GivenPod | undefined;
  /** Kept only for a backend that takes changes. */
  #made: MadeContainers | undefined;
  /** What the last look saw, as text; looking again is worth it only when that has changed. None where nothing can. */
  #seen: string | undefined;
  /** Whether the spec was changed while no kubelet ran. */
  #missedChange: boolean | undefined;
  #failures = 0;
  #notBefore = 0;

  constructor(scope: PodScope) {
    this.#scope = scope;
  }

  /** Takes the newest pod object. The first one tells what nobody was there to see. */
  observe(pod: Pod): void {
    const { generation = 0 } = pod.metadata ?? {};
    this.#missedChange ??= generation > (pod.status?.observedGeneration ?? generation);
  }

  /** What the backend was given is not known any more. */
  forget(): void {
    this.#given = undefined;
    this.#seen = undefined;
    this.#made = undefined;
  }

  /** The backend made the pod so, when its objects stood at `revision`. */
  created(resolved: ResolvedPod, revision: number): void {
    this.given(resolved, revision);
    const { initContainers, containers } = resolved;
    const canUpdate = this.#scope.environment.provider.updatePod !== undefined;
    this.#made = canUpdate ? { initContainers, containers } : undefined;
  }

  /** The backend was given the pod so, when its objects stood at `revision`. */
  given(resolved: ResolvedPod, revision: number): void {
    this.#given = givenOf(resolved);
    this.#seen = hasLiveFiles(resolved.pod) ? signatureOf(resolved.pod, revision) : undefined;
  }

  /** Brings the backend's run `attempt` up to date with the pod. Faults are told and repeated, and never harm the pod. */
  async update(pod: Pod, attempt: number): Promise<Requeue> {
    const { environment, ref } = this.#scope;
    const { clock, provider, resolver } = environment;
    if (!this.#mayDiffer(pod)) return undefined;
    const now = clock.monotonic();
    if (now < this.#notBefore) return this.#notBefore - now;
    const dueAt = provider.updatePod === undefined ? undefined : resolver.tokenDueAt(ref.uid);
    const isDue = dueAt !== undefined && dueAt <= now;
    const signature = signatureOf(pod, resolver.revisionOf(ref.uid));
    if (signature === this.#seen && !isDue) return dueAt === undefined ? undefined : dueAt - now;
    try {
      const outcome = await resolver.resolve(pod, attempt, this.#scope.unwanted.signal);
      if (outcome.type === "resolved") await this.#carry(outcome.pod);
      else for (const { message } of outcome.waits) this.#tell(message);
      this.#failures = 0;
      this.#seen = signatureOf(pod, outcome.revision);
      return this.#untilTokenIsDue();
    } catch (error) {
      const { stopping, unwanted } = this.#scope;
      if (unwanted.aborted) return stopping.aborted ? undefined : 0;
      return this.#failed(error);
    }
  }

  /** A look at the pod alone, which is enough for most. */
  #mayDiffer(pod: Pod): boolean {
    const given = this.#given;
    const canUpdate = this.#scope.environment.provider.updatePod !== undefined;
    if (given === undefined) return this.#missedChange === true || (canUpdate && hasLiveFiles(pod));
    return hasLiveFiles(pod) || imagesOf(pod) !== given.images;
  }

  /** Gives the pod to the backend; answers why it refuses for good, and the way out. Throws what is worth another try. */
  async call(resolved: ResolvedPod): Promise<string | undefined> {
    const { provider } = this.#scope.environment;
    if (provider.updatePod === undefined)
      return "it has no way to change a pod that runs; create the pod anew";
    try {
      await this.#scope.calls.run("updatePod", this.#scope.unwanted.signal, async (signal) =>
        provider.updatePod?.(withMadeContainers(this.#made, resolved), podContextOf(this.#scope, signal)),
      );
      return undefined;
    } catch (thrown) {
      const error = toProviderError(thrown);
      if (this.#scope.unwanted.aborted || providerErrorEffects[error.code].onCreate === "retry") throw thrown;
      return error.message;
    }
  }

  async #carry(resolved: ResolvedPod): Promise<void> {
    const next = givenOf(resolved);
    const changes =
      this.#given === undefined ? [unseenChanges] : changesBetween(this.#given, next, resolved.pod);
    const refusal = changes.length === 0 ? undefined : await this.call(resolved);
    if (refusal !== undefined) this.#refused(changes, refusal);
    else if (this.#made !== undefined) {
      const { initContainers, containers } = withMadeContainers(this.#made, resolved);
      this.#made = { initContainers, containers };
    }
    this.#given = next;
    this.#missedChange = false;
  }

  /** What the backend cannot do is told once for each change, and the pod goes on as it is. */
  #refused(changes: readonly string[], why: string): void {
    const name = this.#scope.environment.provider.name;
    const message = `the ${name} backend did not carry over ${changes.join(", ")}: ${why}`;
    this.#scope.reporter.notify({ type: "Warning", reason: "Unsupported", message });
  }

  #failed(thrown: unknown): Requeue {
    const { message, retryAfterMs } = toProviderError(thrown);
    this.#tell(message);
    this.#failures += 1;
    const delay = retryAfterMs ?? Math.min(maxRetryMs, firstRetryMs * 2 ** (this.#failures - 1));
    this.#notBefore = this.#scope.environment.clock.monotonic() + delay;
    return delay;
  }

  #tell(why: string): void {
    const message = `changes do not reach the running pod yet: ${why}`;
    this.#scope.reporter.notify({ type: "Warning", reason: "FailedSync", message });
  }

  #untilTokenIsDue(): number | undefined {
    const { clock, provider, resolver } = this.#scope.environment;
    const dueAt = provider.updatePod === undefined ? undefined : resolver.tokenDueAt(this.#scope.ref.uid);
    return dueAt === undefined ? undefined : Math.max(0, dueAt - clock.monotonic());
  }
}

function signatureOf(pod: Pod, revision: number): string {
  return JSON.stringify([revision, shownMetadata(pod), imagesOf(pod)]);
}
