import {
  type ContainerObservation,
  contractVersion,
  formatPodRef,
  type LogLine,
  type PodObservation,
  type Provider,
  ProviderError,
  type ProviderTraits,
  type ResolvedPod,
} from "@vkubelet/core";

interface Run {
  readonly pod: ResolvedPod;
  observation: PodObservation;
  readonly lines: LogLine[];
}

/** Methods that {@link InMemoryBackend.fail} can make fail. */
export type FailableMethod = "createPod" | "deletePod" | "listPods" | "describeNode";

/**
 * A little backend that outlives the providers that talk to it, as a remote one outlives a kubelet: pods start at once
 * and run until a test says how they end. It counts what was created, so that a test can prove that nothing ran twice.
 */
export class InMemoryBackend {
  readonly #runs = new Map<string, Run>();
  readonly #failures = new Map<FailableMethod, Error[]>();
  readonly #watchers = new Set<(observation: PodObservation) => void>();
  #version = 0;
  /** Every run that was ever started, as `uid/attempt`, in order; a repeat is a pod that ran twice. */
  readonly started: string[] = [];
  /** UIDs for which the host released everything. */
  readonly released: string[] = [];

  /** Makes the next call of `method` fail with each of `errors` in turn. */
  fail(method: FailableMethod, ...errors: readonly Error[]): void {
    this.#failures.set(method, [...(this.#failures.get(method) ?? []), ...errors]);
  }

  /** Throws what was planned for `method`, if anything. */
  takeFailure(method: FailableMethod): void {
    const error = this.#failures.get(method)?.shift();
    if (error !== undefined) throw error;
  }

  /** Starts a run; one that exists is left alone. */
  start(pod: ResolvedPod): void {
    const run = this.#runs.get(pod.ref.uid);
    if (run !== undefined && run.pod.attempt >= pod.attempt) return;
    this.started.push(`${pod.ref.uid}/${pod.attempt}`);
    const containers = [
      ...pod.initContainers.filter((container) => container.kind === "sidecar"),
      ...pod.containers,
    ];
    const observation: PodObservation = {
      ref: pod.ref,
      attempt: pod.attempt,
      version: this.#nextVersion(),
      state: "active",
      podIPs: ["10.0.0.1"],
      containers: [
        ...pod.initContainers
          .filter((container) => container.kind === "init")
          .map(
            (container): ContainerObservation => ({
              name: container.name,
              restartCount: 0,
              state: { type: "terminated", exitCode: 0 },
            }),
          ),
        ...containers.map(
          (container): ContainerObservation => ({
            name: container.name,
            restartCount: 0,
            instanceId: `${pod.ref.uid}-${pod.attempt}-${container.name}`,
            state: { type: "running", startedAt: "2026-01-01T00:00:00Z" },
          }),
        ),
      ],
    };
    this.#runs.set(pod.ref.uid, { pod, observation, lines: [] });
    this.#tell(observation);
  }

  /** Ends all containers of a pod with one exit code. */
  finish(uid: string, exitCode: number): void {
    this.#update(uid, (observation) => ({
      ...observation,
      state: "ended",
      containers: observation.containers.map((container) =>
        container.state.type === "terminated"
          ? container
          : { ...container, state: { type: "terminated", exitCode, finishedAt: "2026-01-01T00:01:00Z" } },
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

  #update(uid: string, change: (observation: PodObservation) => PodObservation): void {
    const run = this.#runs.get(uid);
    if (run === undefined) throw new Error(`the backend has no pod ${uid}`);
    run.observation = { ...change(run.observation), version: this.#nextVersion() };
    this.#tell(run.observation);
  }

  #tell(observation: PodObservation): void {
    for (const watcher of this.#watchers) watcher(observation);
  }

  #nextVersion(): number {
    this.#version += 1;
    return this.#version;
  }
}

/** Options of {@link createInMemoryProvider}. */
export interface InMemoryProviderOptions {
  readonly backend: InMemoryBackend;
  /** Default: `runtime`, as most remote backends have it. */
  readonly restarts?: ProviderTraits["restarts"];
  /** Default: 0. */
  readonly absenceGraceMs?: number;
}

/** A provider over an {@link InMemoryBackend}. */
export function createInMemoryProvider(options: InMemoryProviderOptions): Provider {
  const { backend } = options;
  return {
    contractVersion,
    name: "memory",
    traits: {
      restarts: options.restarts ?? "runtime",
      absenceGraceMs: options.absenceGraceMs ?? 0,
      pollIntervalMs: 1_000,
    },
    async describeNode() {
      backend.takeFailure("describeNode");
      return {
        capacity: { cpu: "64", memory: "64Gi", pods: "110" },
        operatingSystem: "linux",
        architecture: "amd64",
      };
    },
    async createPod(pod) {
      backend.takeFailure("createPod");
      backend.start(pod);
    },
    async deletePod(ref) {
      backend.takeFailure("deletePod");
      const running = backend.list().find((observation) => observation.ref.uid === ref.uid);
      if (running !== undefined && running.state !== "ended") backend.finish(ref.uid, 143);
    },
    async listPods() {
      backend.takeFailure("listPods");
      return backend.list();
    },
    async releasePod(ref) {
      backend.forget(ref.uid);
      backend.released.push(ref.uid);
    },
    async *logs(ref) {
      const lines = backend.linesOf(ref.uid);
      if (lines === undefined) throw new ProviderError("NotFound", `pod ${formatPodRef(ref)} has no logs`);
      yield* lines;
    },
  };
}
