import type { ContainerObservation, LogLine, PodObservation, ResolvedPod } from "@vkubelet/core";

interface Run {
  readonly pod: ResolvedPod;
  observation: PodObservation;
  readonly lines: LogLine[];
}

/** Methods that {@link InMemoryBackend.fail} can make fail. */
export type FailableMethod =
  | "createPod"
  | "deletePod"
  | "listPods"
  | "watchPods"
  | "releasePod"
  | "describeNode"
  | "checkHealth";

/** What is planned for one call of a method. */
type Fault =
  | { readonly type: "fail"; readonly error: unknown }
  | { readonly type: "loseReply"; readonly error: unknown }
  | { readonly type: "hang" };

/** Options of {@link InMemoryBackend}. */
export interface InMemoryBackendOptions {
  /** Time of starts and ends, in milliseconds since the epoch. Default: it stands still at the start of 2026. */
  readonly now?: () => number;
}

/**
 * A little backend that outlives the providers that talk to it, as a remote one outlives a kubelet: pods start at once
 * and run until a test says how they end. It counts what was created, so that a test can prove that nothing ran twice.
 */
export class InMemoryBackend {
  readonly #now: () => number;
  readonly #runs = new Map<string, Run>();
  readonly #faults = new Map<FailableMethod, Fault[]>();
  readonly #watchers = new Set<(observation: PodObservation) => void>();
  #version = 0;
  /** Every run that was ever started, as `uid/attempt`, in order; a repeat is a pod that ran twice. */
  readonly started: string[] = [];
  /** Every request to stop, as `uid/grace`, in order. */
  readonly stopRequests: string[] = [];
  /** UIDs for which the host released everything. */
  readonly released: string[] = [];
  /** When false, pods that are asked to stop go on until {@link finish}. */
  stopsAtOnce = true;

  constructor(options: InMemoryBackendOptions = {}) {
    this.#now = options.now ?? (() => Date.parse("2026-01-01T00:00:00Z"));
  }

  /** Makes the next calls of `method` fail with each of `errors` in turn; anything can be thrown, as in life. */
  fail(method: FailableMethod, ...errors: readonly unknown[]): void {
    this.#plan(
      method,
      errors.map((error) => ({ type: "fail", error })),
    );
  }

  /** Makes the next call of `method` take effect and then fail: its reply was lost. */
  loseReply(method: FailableMethod, error: unknown): void {
    this.#plan(method, [{ type: "loseReply", error }]);
  }

  /** Makes the next call of `method` hang without effect until its signal aborts. */
  hang(method: FailableMethod): void {
    this.#plan(method, [{ type: "hang" }]);
  }

  /** Drops all faults that are still planned for `method`. */
  heal(method: FailableMethod): void {
    this.#faults.delete(method);
  }

  /** Runs `effect` as a call of `method`, with the fault that is planned for it, if any. */
  async call<T>(method: FailableMethod, signal: AbortSignal, effect: () => T | Promise<T>): Promise<T> {
    const fault = this.#faults.get(method)?.shift();
    if (fault?.type === "hang") return untilAborted(signal);
    if (fault?.type === "fail") throw fault.error;
    const result = await effect();
    if (fault?.type === "loseReply") throw fault.error;
    return result;
  }

  /** Starts a run; one that exists is left alone. */
  start(pod: ResolvedPod): void {
    const run = this.#runs.get(pod.ref.uid);
    if (run !== undefined && run.pod.attempt >= pod.attempt) return;
    this.started.push(`${pod.ref.uid}/${pod.attempt}`);
    const observation: PodObservation = {
      ref: pod.ref,
      attempt: pod.attempt,
      version: this.#nextVersion(),
      state: "active",
      podIPs: ["10.0.0.1"],
      containers: startedContainers(pod, this.#time()),
    };
    this.#runs.set(pod.ref.uid, { pod, observation, lines: [] });
    this.#tell(observation);
  }

  /** Asks a pod to stop: its containers end with 143 at once, or later when {@link stopsAtOnce} is false. */
  stop(uid: string, gracePeriodSeconds: number): void {
    this.stopRequests.push(`${uid}/${gracePeriodSeconds}`);
    const run = this.#runs.get(uid);
    if (this.stopsAtOnce && run !== undefined && run.observation.state !== "ended") this.finish(uid, 143);
  }

  /** Ends all containers of a pod with one exit code. */
  finish(uid: string, exitCode: number): void {
    this.#update(uid, (observation) => ({
      ...observation,
      state: "ended",
      containers: observation.containers.map((container) =>
        container.state.type === "terminated"
          ? container
          : { ...container, state: { type: "terminated", exitCode, finishedAt: this.#time() } },
      ),
    }));
  }

  /** Replaces parts of what is observed of a pod. */
  observe(uid: string, change: Partial<PodObservation>): void {
    this.#update(uid, (observation) => ({ ...observation, ...change }));
  }

  /** The backend forgets the pod, as remote ones do some time after its end. */
  forget(uid: string): void {
    this.#runs.delete(uid);
  }

  /** The host needs nothing more of the pod. */
  release(uid: string): void {
    this.forget(uid);
    this.released.push(uid);
  }

  /** Output of a pod's containers. */
  print(uid: string, text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.#runs.get(uid)?.lines.push({ bytes, stream: "stdout", time: "2026-01-01T00:00:00.000000000Z" });
  }

  list(): readonly PodObservation[] {
    return [...this.#runs.values()].map((run) => run.observation);
  }

  linesOf(uid: string): readonly LogLine[] | undefined {
    return this.#runs.get(uid)?.lines;
  }

  watch(listener: (observation: PodObservation) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  #plan(method: FailableMethod, faults: readonly Fault[]): void {
    this.#faults.set(method, [...(this.#faults.get(method) ?? []), ...faults]);
  }

  #update(uid: string, change: (observation: PodObservation) => PodObservation): void {
    const run = this.#runs.get(uid);
    if (run === undefined) throw new Error(`the backend has no pod ${uid}`);
    run.observation = { ...change(run.observation), version: this.#nextVersion() };
    this.#tell(run.observation);
  }

  #tell(observation: PodObservation): void {
    for (const watcher of this.#watchers) watcher(observation);
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }

  #nextVersion(): number {
    this.#version += 1;
    return this.#version;
  }
}

/** Ordinary init containers have done their work, everything else runs. */
function startedContainers(pod: ResolvedPod, startedAt: string): readonly ContainerObservation[] {
  return [...pod.initContainers, ...pod.containers].map((container) =>
    container.kind === "init"
      ? { name: container.name, restartCount: 0, state: { type: "terminated", exitCode: 0 } }
      : {
          name: container.name,
          restartCount: 0,
          instanceId: `${pod.ref.uid}-${pod.attempt}-${container.name}`,
          state: { type: "running", startedAt },
        },
  );
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
