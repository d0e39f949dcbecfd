import type { Clock, LogLine, PodObservation, ResolvedPod } from "@vkubelet/core";
import { exited, restarted, startedContainers } from "./in-memory-run.ts";
import { fileLine, type InMemoryProgram, programsOf } from "./in-memory-workloads.ts";

interface Run {
  pod: ResolvedPod;
  /** Of the node that created it. */
  readonly node: string;
  observation: PodObservation;
  readonly lines: { readonly container: string | undefined; readonly line: LogLine }[];
}

/** Methods that {@link InMemoryBackend.fail} can make fail. */
export type FailableMethod =
  | "findPod"
  | "createPod"
  | "deletePod"
  | "updatePod"
  | "listPods"
  | "watchPods"
  | "releasePod"
  | "describeNode"
  | "checkHealth";

/** What is planned for one call of a method. */
type Fault =
  | { readonly type: "fail"; readonly error: unknown }
  | { readonly type: "loseReply"; readonly error: unknown }
  | { readonly type: "hang"; readonly arrive: () => void };

/** Options of {@link InMemoryBackend}. */
export interface InMemoryBackendOptions {
  /** Time of starts and ends, in milliseconds since the epoch. Default: it stands still at the start of 2026. */
  readonly now?: () => number;
  /** With what programs of {@link inMemoryWorkloads} wait for their kill or their restart. Default: they never are. */
  readonly clock?: Clock;
  /** Whether programs that end are restarted in place by their pod's policy, 10 s later. Default: false. */
  readonly restartsInPlace?: boolean;
}

/**
 * A little backend that outlives the providers that talk to it, as a remote one outlives a kubelet: pods start at once
 * and run until a test says how they end. It counts what was created, so that a test can prove that nothing ran twice.
 */
export class InMemoryBackend {
  readonly #now: () => number;
  readonly #clock: Clock | undefined;
  readonly #restartsInPlace: boolean;
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
    const standing = Date.parse("2026-01-01T00:00:00Z");
    this.#now = options.now ?? (() => options.clock?.now() ?? standing);
    this.#clock = options.clock;
    this.#restartsInPlace = options.restartsInPlace ?? false;
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

  /**
   * Makes the next call of `method` hang without effect until its signal aborts. Resolves when the call is there; a
   * test that knows when it comes need not wait.
   */
  hang(method: FailableMethod): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#plan(method, [{ type: "hang", arrive: resolve }]);
    return promise;
  }

  /** Drops all faults that are still planned for `method`. */
  heal(method: FailableMethod): void {
    this.#faults.delete(method);
  }

  /** Runs `effect` as a call of `method`, with the fault that is planned for it, if any. */
  async call<T>(method: FailableMethod, signal: AbortSignal, effect: () => T | Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const fault = this.#faults.get(method)?.shift();
    if (fault?.type === "hang") {
      fault.arrive();
      return untilAborted(signal);
    }
    if (fault?.type === "fail") throw fault.error;
    const result = await effect();
    if (fault?.type === "loseReply") throw fault.error;
    return result;
  }

  /** Starts a run on a node; one that exists is left alone. */
  start(pod: ResolvedPod, node = ""): void {
    if (this.has(pod)) return;
    this.started.push(`${pod.ref.uid}/${pod.attempt}`);
    const containers = startedContainers(pod, this.#time());
    const started = containers.some(({ state }) => state.type === "running");
    const observation: PodObservation = {
      ref: pod.ref,
      attempt: pod.attempt,
      version: this.#nextVersion(),
      state: started ? "active" : "ended",
      podIPs: ["10.0.0.1"],
      containers,
    };
    const run: Run = { pod, node, observation, lines: [] };
    this.#runs.set(pod.ref.uid, run);
    this.#tell(observation);
    for (const { name, program } of programsOf(pod)) this.#execute(run, name, program);
  }

  /**
   * Asks a pod to stop: its containers end with 143 at once, or later when {@link stopsAtOnce} is false; programs of
   * {@link inMemoryWorkloads} end as they say, or with 137 when the grace period is over.
   */
  stop(uid: string, gracePeriodSeconds: number): void {
    this.stopRequests.push(`${uid}/${gracePeriodSeconds}`);
    const run = this.#runs.get(uid);
    if (!this.stopsAtOnce || run === undefined || run.observation.state === "ended") return;
    const onStop = programsOf(run.pod).map(({ program }) => program.onStop ?? 143);
    if (!onStop.includes("ignore")) this.finish(uid, onStop.find((code) => code !== "ignore") ?? 143);
    else if (gracePeriodSeconds === 0) this.finish(uid, 137);
    else void this.#later(run, gracePeriodSeconds * 1_000, () => this.finish(uid, 137));
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

  /** Output of one of a pod's containers, or of all. */
  print(uid: string, text: string, container?: string): void {
    const run = this.#runs.get(uid);
    const bytes = new TextEncoder().encode(text);
    const line: LogLine = { bytes, stream: "stdout", time: "2026-01-01T00:00:00.000000000Z" };
    run?.lines.push({ container, line });
    if (run !== undefined) this.#tell(run.observation);
  }

  /** Whether this run of the pod, or a later one, was started. */
  has({ ref, attempt }: ResolvedPod): boolean {
    return (this.#runs.get(ref.uid)?.pod.attempt ?? -1) >= attempt;
  }

  /** Of one node, or of all. */
  list(node?: string): readonly PodObservation[] {
    const runs = [...this.#runs.values()].filter((run) => node === undefined || run.node === node);
    return runs.map((run) => run.observation);
  }

  /** The pod whose run goes on; undefined where nothing of it runs. */
  runningPod(uid: string): ResolvedPod | undefined {
    const run = this.#runs.get(uid);
    return run?.observation.state === "active" ? run.pod : undefined;
  }

  /** Gives a pod that runs another content of its files. */
  replaceFiles(pod: ResolvedPod): void {
    const run = this.#runs.get(pod.ref.uid);
    if (run === undefined) throw new Error(`the backend has no pod ${pod.ref.uid}`);
    const before = run.pod;
    run.pod = pod;
    for (const { name, program } of programsOf(pod)) {
      const line = fileLine(pod, name, program);
      if (line !== undefined && line !== fileLine(before, name, program)) this.print(pod.ref.uid, line, name);
    }
  }

  /** What a container has printed; undefined for an unknown pod or container. */
  linesOf(uid: string, container: string): readonly LogLine[] | undefined {
    const run = this.#runs.get(uid);
    if (run === undefined || !run.observation.containers.some(({ name }) => name === container))
      return undefined;
    return run.lines.filter((entry) => (entry.container ?? container) === container).map(({ line }) => line);
  }

  /** Whether a container will print nothing more. */
  containerEnded(uid: string, name: string): boolean {
    const observation = this.#runs.get(uid)?.observation;
    const container = observation?.containers.find((one) => one.name === name);
    return observation?.state === "ended" || container?.state.type === "terminated";
  }

  watch(listener: (observation: PodObservation) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  #execute(run: Run, name: string, program: InMemoryProgram): void {
    const { uid } = run.pod.ref;
    const file = fileLine(run.pod, name, program);
    for (const line of [...(program.prints ?? []), ...(file === undefined ? [] : [file])])
      this.print(uid, line, name);
    if (program.exitCode === undefined) return;
    this.#update(uid, (observation) =>
      exited(observation, run.pod, name, program.exitCode ?? 0, this.#time()),
    );
    const policy = run.pod.containers.find((container) => container.name === name)?.restartPolicy;
    const again = policy === "Always" || (policy === "OnFailure" && program.exitCode !== 0);
    if (!this.#restartsInPlace || !again) return;
    this.#update(uid, (observation) => ({ ...observation, state: "active" }));
    void this.#later(run, 10_000, () => {
      this.#update(uid, (observation) => restarted(observation, name, this.#time()));
      this.#execute(run, name, program);
    });
  }

  /** Does something to a run after a time, unless the run has ended or another one has taken its place. */
  async #later(run: Run, milliseconds: number, action: () => void): Promise<void> {
    if (this.#clock === undefined) return;
    await this.#clock.sleep(milliseconds);
    if (this.#runs.get(run.pod.ref.uid) === run && run.observation.state !== "ended") action();
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

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
