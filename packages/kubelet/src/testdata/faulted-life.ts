import type { Logger } from "@vkubelet/core";
import type { InMemoryProviderOptions } from "@vkubelet/testing";
import { expect } from "vitest";
import { type Fault, FaultPoints, faultMarker } from "./fault-plan.ts";
import type { Fuse } from "./fuse.ts";
import type { AnyObject } from "./memory-api.ts";
import type { Life } from "./pod-lives.ts";
import { nodeName, Simulation } from "./simulation.ts";
import { startWholeKubelet } from "./whole-kubelet.ts";

/** A fault at one of the calls of a life. */
export interface PlannedFault {
  readonly fault: Fault;
  /** Number of the call, as {@link FaultPoints} gives it. */
  readonly at: number;
}

/** After each step so much time passes: longer than the pauses after one failure. */
const stepMs = 25_000;
/** Time for a look at the node's health. */
const checkMs = 12_000;
/** Time for two looks for pods whose objects are gone: what nobody was there to end is found by them. */
const sweepMs = 70_000;
/** A supervisor starts a process that gave up again after so long. */
const restartMs = 1_000;

/** A kubelet that lives through one pod's life, with a supervisor beside it. */
class FaultedLife {
  readonly world: Simulation;
  readonly points: FaultPoints;
  readonly #planned: PlannedFault | undefined;
  readonly #told: string[] = [];
  #stop: () => Promise<void> = async () => {};
  #struck = false;

  constructor(options: Omit<InMemoryProviderOptions, "backend">, planned: PlannedFault | undefined) {
    this.world = new Simulation(options, { takesUpdates: true });
    this.world.api.remove(`/api/v1/nodes/${nodeName}`);
    this.points = new FaultPoints(this.world);
    this.#planned = planned;
  }

  async run(life: Life): Promise<void> {
    const { world } = this;
    const { steps, check } = life(world);
    this.#start(this.#fuse());
    for (const step of [() => {}, ...steps]) {
      step();
      await this.#advance(stepMs);
      this.#judgeWaits();
    }
    await this.#advance(this.#planned?.fault.restartMs === undefined ? checkMs : sweepMs);
    check();
    this.#judgeRuns();
    this.#judgeWords();
    await this.#stop();
  }

  /** Lets time pass, and more of it where the fault takes place meanwhile. */
  async #advance(milliseconds: number): Promise<void> {
    const before = this.#struck;
    await this.world.advance(milliseconds);
    if (this.#struck !== before) await this.world.advance(this.#planned?.fault.delaysMs ?? 0);
  }

  /** One process. Where it ends by itself, the next one takes over. */
  #start(fuse: Fuse): void {
    const onRefused = (error: unknown) => {
      this.#told.push(String(error));
      this.#restart(restartMs);
    };
    this.#stop = startWholeKubelet(this.world, { fuse, logger: this.#listen(), onRefused });
  }

  #restart(after: number): void {
    const again = () => this.#start(() => {});
    this.world.clock.sleep(after).then(again);
  }

  #fuse(): Fuse {
    let dead = false;
    let doomed: string | undefined;
    const strike = ({ fault }: PlannedFault, call: string) => {
      this.#struck = true;
      if (fault.restartMs === undefined) return fault.strike(call, this.world);
      dead = true;
      this.#restart(fault.restartMs);
      return never();
    };
    return (call, when) => {
      if (dead) return never();
      const planned = this.#planned;
      if (when === "before") {
        const number = this.points.take(call);
        if (planned === undefined || number !== planned.at) return undefined;
        if (planned.fault.when === "before") return strike(planned, call);
        doomed = call;
        return undefined;
      }
      if (planned === undefined || call !== doomed) return undefined;
      doomed = undefined;
      return strike(planned, call);
    };
  }

  /** Whoever waits says why: in the status, or in an event. */
  #judgeWaits(): void {
    for (const { metadata, status } of this.world.api.all("pods")) {
      if (status.phase !== "Pending") continue;
      const states: AnyObject[] = (status.containerStatuses ?? []).map((one: AnyObject) => one.state?.waiting);
      const words = [status.message, ...states.map((waiting) => waiting?.message)].filter(Boolean);
      expect(words, `why ${metadata.name} waits`).not.toEqual([]);
    }
  }

  /** No run was started twice, and nothing runs that nobody wants any more. */
  #judgeRuns(): void {
    const { api, backend } = this.world;
    expect([...new Set(backend.started)], "each run starts once").toEqual(backend.started);
    const pods = api.all("pods");
    for (const { ref, state } of backend.list()) {
      const pod = pods.find(({ metadata }) => metadata.uid === ref.uid);
      expect(pod, `the object of ${ref.uid}, which the backend still has`).toBeDefined();
      if (state !== "ended") expect(["Pending", "Running"]).toContain(pod.status.phase);
    }
    const node = api.get(`/api/v1/nodes/${nodeName}`);
    const ready = node?.status.conditions.find(({ type }: AnyObject) => type === "Ready");
    expect(ready).toMatchObject({ status: "True" });
  }

  #judgeWords(): void {
    const planned = this.#planned;
    if (planned === undefined) return;
    expect(this.#struck, "the fault took place").toBe(true);
    if (!planned.fault.isTold) return;
    const events = this.world.api.all("events").map(({ message }) => message);
    const words = this.#told.concat(events);
    const isAbout = (line: string) => line.includes(faultMarker) || line.includes("no answer");
    expect(words.filter(isAbout), "the fault was told").not.toEqual([]);
  }

  /** Hears what is said to people: all lines but those for debugging. */
  #listen(): Logger {
    const note = (message: string, fields?: object) => {
      this.#told.push([message, ...Object.values(fields ?? {}).map(String)].join(" "));
    };
    const quiet = () => {};
    const logger: Logger = { debug: quiet, info: note, warn: note, error: note, child: () => logger };
    return logger;
  }
}

/**
 * Lives through a pod's life, with a fault at one call of its first process or with none, and judges what came of it.
 * Answers the calls of that process that are points for faults, in order.
 */
export async function liveThrough(
  life: Life,
  options: Omit<InMemoryProviderOptions, "backend">,
  planned?: PlannedFault,
): Promise<readonly string[]> {
  const faulted = new FaultedLife(options, planned);
  await faulted.run(life);
  return faulted.points.calls;
}

function never(): Promise<never> {
  return new Promise(() => {});
}
