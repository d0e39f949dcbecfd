import { type Clock, type Logger, type PodNotice, type PodObservation, ProviderError } from "@vkubelet/core";
import type { LogStamper } from "../logs/log-index.ts";
import type { LogLimits } from "../logs/trim-logs.ts";
import type { MachineTools } from "../machine/tools.ts";
import { layout } from "../state/layout.ts";
import { unmountVolumes } from "../state/memory-volumes.ts";
import { evict, readSnapshot, requestDeletion } from "../state/pod-directory.ts";
import type { PodFile, PodSnapshot } from "../state/snapshot.ts";
import type { RunningProgram } from "../usage/sum-processes.ts";
import { type Decision, decide } from "./decide.ts";
import { DirectoryWatches } from "./directory-watches.ts";
import { HookRunner } from "./hook-runner.ts";
import { InstanceActions } from "./instance-actions.ts";
import { Notifier } from "./notifier.ts";
import { observe } from "./observe.ts";
import { OutputStamping } from "./output-stamping.ts";
import { SteadyTimes } from "./steady-times.ts";
import { hasStorageLimits, measureIntervalMs, overuseOf } from "./storage-usage.ts";
import { takeOver } from "./take-over.ts";

/** What every keeper of one provider shares. */
export interface KeeperServices {
  readonly directory: string;
  readonly tools: MachineTools;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rescanMs: number;
  readonly logs: LogLimits;
  onObservation(observation: PodObservation): void;
}

const retryMs = 1000;

/**
 * Keeps one pod: reads the disk, decides, acts, reports, and waits for news. It holds no truth of its own, so one that
 * takes over from another goes on where that stopped.
 */
export class PodKeeper {
  readonly podDirectory: string;
  readonly pod: PodFile;
  /** Notified when the state of the pod or the output of a container may have changed. */
  readonly news: Notifier = new Notifier();
  readonly #services: KeeperServices;
  readonly #stop = new AbortController();
  readonly #wakes = new Notifier();
  readonly #watches: DirectoryWatches;
  readonly #actions: InstanceActions;
  readonly #hooks: HookRunner;
  #adopted = false;
  #notify: ((notice: PodNotice) => void) | undefined;
  #observation: PodObservation | undefined;
  #programs: readonly RunningProgram[] = [];
  readonly #output: OutputStamping;
  readonly #times: SteadyTimes;
  /** When local storage with a limit is measured next, in time of `Clock.monotonic`. */
  #measureAtMs: number;
  /** How many wakes there were before the last look: one that came during it asks for another. */
  #seenWakes = 0;
  #loop: Promise<void> | undefined;

  constructor(pod: PodFile, services: KeeperServices) {
    this.pod = pod;
    this.#services = services;
    this.podDirectory = layout.pod(services.directory, pod.ref.uid);
    this.#measureAtMs = hasStorageLimits(pod.plan) ? services.clock.monotonic() : Number.POSITIVE_INFINITY;
    this.#times = new SteadyTimes(services.clock);
    this.#output = new OutputStamping({
      clock: services.clock,
      logger: services.logger,
      signal: this.#stop.signal,
      limits: services.logs,
      fallocate: services.tools.fallocate,
      onStamped: () => this.news.notify(),
    });
    const shared = { ...services, signal: this.#stop.signal, onEnd: () => this.#wakes.notify() };
    this.#actions = new InstanceActions({
      ...shared,
      pod,
      podDirectory: this.podDirectory,
      supervisor: layout.supervisor(services.directory),
    });
    this.#hooks = new HookRunner({
      ...shared,
      address: pod.plan.address,
      notify: (notice) => this.#notify?.(notice),
    });
    this.#watches = new DirectoryWatches({
      logger: services.logger,
      onFile: (directory, name) => this.#onFile(directory, name),
      onDoubt: () => this.#wakes.notify(),
    });
  }

  get stamper(): LogStamper {
    return this.#output.stamper;
  }

  /** The latest observation; there is none only while the disk could not be read. */
  get observation(): PodObservation | undefined {
    return this.#observation;
  }

  /** The programs of its containers that ran when the disk was last looked at. */
  get programs(): readonly RunningProgram[] {
    return this.#programs;
  }

  /**
   * Which instance a reader of logs means: the current one, or with `previous` the one whose end is the container's
   * last termination. `NotFound` where there is none.
   */
  logInstance(container: string, previous: boolean): number {
    const known = this.pod.plan.containers.some(({ name }) => name === container);
    const seen = this.#observation?.containers.find(({ name }) => name === container);
    const { name } = this.pod.ref;
    if (!known) throw new ProviderError("NotFound", `container ${container} is not part of pod ${name}`);
    if (seen === undefined) {
      throw new ProviderError("NotFound", `container ${container} in pod ${name} is waiting to start`);
    }
    if (!previous) return seen.restartCount;
    if (seen.lastTermination === undefined) {
      throw new ProviderError(
        "NotFound",
        `previous terminated container ${container} in pod ${name} not found`,
      );
    }
    return seen.lastTermination.instanceId === seen.instanceId ? seen.restartCount : seen.restartCount - 1;
  }

  /** Whether an instance has ended. One that another has followed has. */
  instanceEnded(container: string, number: number): boolean {
    const seen = this.#observation?.containers.find(({ name }) => name === container);
    if (seen === undefined || this.#stop.signal.aborted) return true;
    if (seen.restartCount !== number) return true;
    return seen.state.type === "terminated" || seen.lastTermination?.instanceId === seen.instanceId;
  }

  /** Looks once, acts, and then goes on by itself until `close`. */
  async start(): Promise<void> {
    this.#loop = this.#run(await this.#guardedTurn());
  }

  /** Where failed hooks are told from now on. */
  tell(notify: (notice: PodNotice) => void): void {
    this.#notify = notify;
  }

  /** Writes the request down and wakes the keeper. */
  async delete(gracePeriodSeconds: number): Promise<void> {
    await requestDeletion(this.podDirectory, this.#services.clock.now(), gracePeriodSeconds);
    this.#wakes.notify();
  }

  /** Frees watchers and timers of this process; nothing that runs is touched. */
  async close(): Promise<void> {
    this.#stop.abort(new ProviderError("Unavailable", "the local provider is closed"));
    this.#watches.close();
    this.news.notify();
    await this.#loop;
  }

  async #run(firstWakeAtMs: number): Promise<void> {
    let wakeAtMs = firstWakeAtMs;
    while (!this.#stop.signal.aborted) {
      await this.#waitUntil(wakeAtMs);
      if (this.#stop.signal.aborted) return;
      wakeAtMs = await this.#guardedTurn();
    }
  }

  async #guardedTurn(): Promise<number> {
    try {
      if (!this.#adopted) await takeOver(this.podDirectory, this.pod, this.#services.tools);
      this.#adopted = true;
      return await this.#turn();
    } catch (error) {
      this.#services.logger.error("looking after a pod failed, it is tried again", {
        pod: this.pod.ref.uid,
        error: (error as Error).message,
      });
      return this.#services.clock.monotonic() + retryMs;
    }
  }

  async #waitUntil(wakeAtMs: number): Promise<void> {
    const { clock } = this.#services;
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#stop.signal]);
    try {
      await Promise.race([
        clock.sleep(Math.max(0, wakeAtMs - clock.monotonic()), signal),
        this.#wakes.wait(this.#seenWakes, signal),
      ]);
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    } finally {
      over.abort();
    }
  }

  /** One look and what follows from it; when to look again without news, in time of `Clock.monotonic`. */
  async #turn(): Promise<number> {
    const { clock, tools } = this.#services;
    for (;;) {
      this.#seenWakes = this.#wakes.count;
      const snapshot = await readSnapshot(this.podDirectory, this.pod, tools);
      const decision = decide(this.#times.of(snapshot), clock.monotonic());
      if (!decision.ended && (await this.#measure(snapshot))) continue;
      if (decision.ended) await unmountVolumes(this.podDirectory, tools);
      const directories = [...snapshot.instances].map(([name, { number }]) => this.#instance(name, number));
      await this.#output.stampAll(directories);
      this.#watch(snapshot);
      this.#programs = programsOf(snapshot);
      this.#publish(snapshot, decision);
      await this.#runHooks(snapshot, decision);
      const acted = await this.#act(decision);
      if (acted === "again") continue;
      const wakes = [
        this.#measureAtMs,
        clock.monotonic() + (this.#watches.complete ? this.#services.rescanMs : retryMs),
      ];
      if (decision.wakeAtMs !== undefined) wakes.push(decision.wakeAtMs);
      if (acted === "retry") wakes.push(clock.monotonic() + retryMs);
      return decision.ended ? Number.POSITIVE_INFINITY : Math.min(...wakes);
    }
  }

  /** Measures local storage when it is time; true when the pod has just been evicted for it. */
  async #measure({ instances }: PodSnapshot): Promise<boolean> {
    const { clock } = this.#services;
    if (clock.monotonic() < this.#measureAtMs) return false;
    this.#measureAtMs = clock.monotonic() + measureIntervalMs;
    const message = await overuseOf(this.podDirectory, this.pod.plan, instances);
    return message !== undefined && (await evict(this.podDirectory, clock.now(), message));
  }

  async #act({ starts, stops }: Decision): Promise<"again" | "retry" | "none"> {
    let acted = false;
    for (const start of starts) {
      if (!(await this.#actions.start(start))) continue;
      this.#watches.add(this.#instance(start.container.name, start.number));
      acted = true;
    }
    for (const stop of stops) await this.#actions.stop(stop);
    // A kill is seen by the end that follows; looking again at once would only kill again.
    if (stops.some(({ action }) => action === "kill")) return "retry";
    return acted || stops.length > 0 ? "again" : "none";
  }

  /** Starts the hooks that are due, and ends those of instances that have ended or are told to. */
  async #runHooks({ instances }: PodSnapshot, { hooks, stops }: Decision): Promise<void> {
    for (const [name, { number, phase }] of instances) {
      if (phase.type !== "ended") continue;
      this.#hooks.cut(this.#instance(name, number));
      await this.#hooks.endLeft(this.#instance(name, number));
    }
    for (const { container, number } of stops) this.#hooks.cut(this.#instance(container.name, number));
    for (const { container, number, hook } of hooks) {
      const phase = instances.get(container.name)?.phase;
      if (phase?.type !== "running") continue;
      const directory = this.#instance(container.name, number);
      await this.#hooks.start({ container, hook, directory, pid: phase.identity.pid });
    }
  }

  #publish(snapshot: PodSnapshot, decision: Decision): void {
    const facts = observe(snapshot, decision);
    const before = this.#observation;
    if (before !== undefined) {
      const { version: _, ...known } = before;
      if (JSON.stringify(known) === JSON.stringify(facts)) return;
    }
    const version = Math.max(this.#services.clock.now(), (before?.version ?? 0) + 1);
    this.#observation = { ...facts, version };
    this.#services.onObservation(this.#observation);
    this.news.notify();
  }

  #watch(snapshot: PodSnapshot): void {
    const wanted = new Set<string>();
    for (const [name, instance] of snapshot.instances) {
      if (instance.phase.type !== "ended" && instance.phase.type !== "cancelled") {
        wanted.add(this.#instance(name, instance.number));
      }
    }
    this.#watches.keep(wanted);
  }

  #onFile(directory: string, name: string | null): void {
    if (name === "stdout" || name === "stderr") this.#output.schedule(directory);
    else if (name === null || name === "process" || name === "exit") this.#wakes.notify();
  }

  #instance(container: string, number: number): string {
    return layout.instance(this.podDirectory, container, number);
  }
}

function programsOf({ instances }: PodSnapshot): readonly RunningProgram[] {
  return [...instances].flatMap(([container, { phase }]) =>
    phase.type === "running" ? [{ container, pid: phase.identity.pid, startedAtMs: phase.startedAtMs }] : [],
  );
}
