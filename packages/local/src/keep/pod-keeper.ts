import { join } from "node:path";
import { type Clock, type Logger, type PodObservation, ProviderError } from "@vkubelet/core";
import type { LogStamper } from "../logs/log-index.ts";
import { signalGroup } from "../machine/process-identity.ts";
import type { MachineTools } from "../machine/tools.ts";
import { createInstance } from "../state/create-instance.ts";
import { writeAtomically, writeIfAbsent } from "../state/files.ts";
import { layout } from "../state/layout.ts";
import { mountMemoryVolumes, unmountVolumes } from "../state/memory-volumes.ts";
import { evict, readSnapshot, requestDeletion } from "../state/pod-directory.ts";
import { cancelledClaim } from "../state/read-instance.ts";
import type { PodFile, PodSnapshot } from "../state/snapshot.ts";
import { spawnSupervisor } from "../supervise/spawn-supervisor.ts";
import { type Decision, decide, type StartAction } from "./decide.ts";
import { DirectoryWatches } from "./directory-watches.ts";
import { Notifier } from "./notifier.ts";
import { observe } from "./observe.ts";
import { OutputStamping } from "./output-stamping.ts";
import type { StopAction } from "./stop.ts";
import { hasLimits, measureIntervalMs, overuseOf } from "./volume-usage.ts";

/** What every keeper of one provider shares. */
export interface KeeperServices {
  readonly directory: string;
  readonly tools: MachineTools;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rescanMs: number;
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
  /** Instances whose watcher this process has started and not seen ending. */
  readonly #supervised = new Set<string>();
  #observation: PodObservation | undefined;
  readonly #output: OutputStamping;
  /** When volumes with a size limit are measured next. */
  #measureAtMs: number;
  /** How many wakes there were before the last look: one that came during it asks for another. */
  #seenWakes = 0;
  #loop: Promise<void> | undefined;

  constructor(pod: PodFile, services: KeeperServices) {
    this.pod = pod;
    this.#services = services;
    this.podDirectory = layout.pod(services.directory, pod.ref.uid);
    this.#measureAtMs = hasLimits(pod.plan) ? services.clock.now() : Number.POSITIVE_INFINITY;
    this.#output = new OutputStamping({
      clock: services.clock,
      logger: services.logger,
      signal: this.#stop.signal,
      onStamped: () => this.news.notify(),
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
      return await this.#turn();
    } catch (error) {
      this.#services.logger.error("looking after a pod failed, it is tried again", {
        pod: this.pod.ref.uid,
        error: (error as Error).message,
      });
      return this.#services.clock.now() + retryMs;
    }
  }

  async #waitUntil(wakeAtMs: number): Promise<void> {
    const { clock } = this.#services;
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#stop.signal]);
    try {
      await Promise.race([
        clock.sleep(Math.max(0, wakeAtMs - clock.now()), signal),
        this.#wakes.wait(this.#seenWakes, signal),
      ]);
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    } finally {
      over.abort();
    }
  }

  /** One look and what follows from it; when to look again without news. */
  async #turn(): Promise<number> {
    const { clock, tools } = this.#services;
    for (;;) {
      this.#seenWakes = this.#wakes.count;
      const snapshot = await readSnapshot(this.podDirectory, this.pod, tools);
      const decision = decide(snapshot, clock.now());
      if (!decision.ended && (await this.#measure())) continue;
      if (decision.ended) await unmountVolumes(this.podDirectory, tools);
      const directories = [...snapshot.instances].map(([name, { number }]) => this.#instance(name, number));
      await this.#output.stampAll(directories);
      this.#watch(snapshot);
      this.#publish(snapshot, decision);
      const acted = await this.#act(decision);
      if (acted === "again") continue;
      const wakes = [
        this.#measureAtMs,
        clock.now() + (this.#watches.complete ? this.#services.rescanMs : retryMs),
      ];
      if (decision.wakeAtMs !== undefined) wakes.push(decision.wakeAtMs);
      if (acted === "retry") wakes.push(clock.now() + retryMs);
      return decision.ended ? Number.POSITIVE_INFINITY : Math.min(...wakes);
    }
  }

  /** Measures volumes when it is time; true when the pod has just been evicted for one. */
  async #measure(): Promise<boolean> {
    const { clock } = this.#services;
    if (clock.now() < this.#measureAtMs) return false;
    this.#measureAtMs = clock.now() + measureIntervalMs;
    const message = await overuseOf(this.podDirectory, this.pod.plan);
    return message !== undefined && (await evict(this.podDirectory, clock.now(), message));
  }

  async #act({ starts, stops }: Decision): Promise<"again" | "retry" | "none"> {
    let acted = false;
    for (const start of starts) {
      const directory = this.#instance(start.container.name, start.number);
      if (this.#supervised.has(directory)) continue;
      await this.#startInstance(start, directory);
      acted = true;
    }
    for (const stop of stops) await this.#stopInstance(stop);
    // A kill is seen by the end that follows; looking again at once would only kill again.
    if (stops.some(({ action }) => action === "kill")) return "retry";
    return acted || stops.length > 0 ? "again" : "none";
  }

  async #startInstance(start: StartAction, directory: string): Promise<void> {
    const { tools, logger } = this.#services;
    const { container } = start;
    await mountMemoryVolumes(this.podDirectory, this.pod.plan, tools);
    if (!start.resumed) await createInstance(this.podDirectory, this.pod, start, tools);
    this.#watches.add(directory);
    this.#supervised.add(directory);
    spawnSupervisor({
      tools,
      container,
      supervisor: layout.supervisor(this.#services.directory),
      instanceDirectory: directory,
      onEnd: (failure) => {
        if (failure === undefined) {
          this.#supervised.delete(directory);
          this.#wakes.notify();
          return;
        }
        logger.error("a container's watcher failed", {
          pod: this.pod.ref.uid,
          container: container.name,
          failure,
        });
        this.#releaseLater(directory);
      },
    });
  }

  /** Lets a failed watcher be tried again, though not at once. */
  #releaseLater(directory: string): void {
    this.#services.clock.sleep(retryMs, this.#stop.signal).then(
      () => {
        this.#supervised.delete(directory);
        this.#wakes.notify();
      },
      // Closed meanwhile: whoever comes next starts it.
      () => this.#supervised.delete(directory),
    );
  }

  async #stopInstance({ container, number, action }: StopAction): Promise<void> {
    const { tools, clock } = this.#services;
    const directory = this.#instance(container.name, number);
    if (action === "cancel") {
      await writeIfAbsent(join(directory, "claim"), cancelledClaim);
      return;
    }
    if (action === "terminate") {
      await writeAtomically(join(directory, "stopping"), String(clock.now()));
    }
    const snapshot = await readSnapshot(this.podDirectory, this.pod, tools);
    const instance = snapshot.instances.get(container.name);
    if (instance?.number !== number) return;
    const { phase } = instance;
    // While it starts, the watcher and what is to become the program are one process group.
    if (phase.type === "starting" && action === "kill") await signalGroup(phase.watcher, "SIGKILL", tools);
    if (phase.type !== "running") return;
    await signalGroup(phase.identity, action === "kill" ? "SIGKILL" : "SIGTERM", tools);
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
