import { percentile } from "../../statistics.ts";
import type { PodCensus } from "../cluster/pod-census.ts";
import type { Stage } from "../cluster/stage.ts";
import { Meter } from "../measures/meter.ts";
import { usageOf } from "../measures/process-usage.ts";
import type { Phase } from "../results/figures.ts";
import type { Measurement } from "../results/run-results.ts";
import type { RunningSubject } from "../subjects/running-subject.ts";
import type { Subject } from "../subjects/subject.ts";
import { measureIdle } from "./idle.ts";
import { measureRate, type Rate, type RateMeasurement } from "./measured-rate.ts";
import { type Phases, phaseLimitMs } from "./phases.ts";
import { measureRestart } from "./restart.ts";

/** What is measured in one go. */
export interface MeasurementPlan {
  readonly subject: Subject;
  readonly pods: number;
  readonly round: number;
  /** 0 leaves the phase out. */
  readonly idleSeconds: number;
  readonly report: (line: string) => void;
}

/** Pods created and deleted first: the API server and the subject are cold. */
const warmUpPods = 100;

/** Receives figures as they are taken. */
export type Taken = Pick<Measurement, "figures" | "requestsPerPod">;

/** A subject that runs on a stage, and is measured there. */
export class SubjectRun implements AsyncDisposable {
  readonly #plan: MeasurementPlan;
  readonly #stage: Stage;
  readonly #phases: Phases;
  #running: RunningSubject;

  private constructor(plan: MeasurementPlan, stage: Stage, phases: Phases, running: RunningSubject) {
    this.#plan = plan;
    this.#stage = stage;
    this.#phases = phases;
    this.#running = running;
  }

  static async start(plan: MeasurementPlan, stage: Stage, phases: Phases): Promise<SubjectRun> {
    const limitMs = phaseLimitMs(0);
    const running = await phases.run("start", { limitMs }, () => plan.subject.start(stage));
    return new SubjectRun(plan, stage, phases, running);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.stop();
  }

  /** All phases. What `taken` holds when one fails was measured before. */
  async measure(taken: Taken): Promise<void> {
    const { pods, idleSeconds, subject } = this.#plan;
    const warm = await this.#create("warm-up", Math.min(warmUpPods, pods));
    await this.#remove("warm-up", warm.census);
    const creation = await this.#create("creation", pods);
    this.#takeCreation(taken, creation);
    if (idleSeconds > 0) await this.#takeIdle(taken, idleSeconds);
    const deletion = await this.#remove("deletion", creation.census);
    taken.figures.deletedPerSecond = deletion.perSecond;
    taken.figures.deleteCpuSeconds = deletion.cpuSecondsPerThousand;
    taken.figures.podWrites = creation.podWritesPerPod + deletion.podWritesPerPod;
    taken.requestsPerPod.deletion = deletion.requestsPerPod;
    await this.#takeEnds(taken);
    // Last: what is measured on a process that has just begun says nothing beside others that have not.
    if (subject.restarts) await this.#takeRestart(taken);
  }

  #takeCreation({ figures, requestsPerPod }: Taken, creation: Rate): void {
    const latencies = creation.census.startLatencies;
    figures.startedPerSecond = creation.perSecond;
    figures.startP50Ms = percentile(latencies, 0.5);
    figures.startP99Ms = percentile(latencies, 0.99);
    figures.startCpuSeconds = creation.cpuSecondsPerThousand;
    figures.memoryMiB = usageOf(this.#running.pid).rssMiB;
    figures.apiServerMiB = this.#memoryOf("kube-apiserver");
    figures.etcdMiB = this.#memoryOf("etcd");
    requestsPerPod.creation = creation.requestsPerPod;
  }

  async #takeIdle({ figures }: Taken, seconds: number): Promise<void> {
    const idle = (signal: AbortSignal) => measureIdle(this.#meter, seconds, signal);
    const limitMs = phaseLimitMs(0) + seconds * 1_000;
    figures.idleCpuSeconds = await this.#phase("idle", limitMs, idle);
  }

  async #takeRestart({ figures }: Taken): Promise<void> {
    await this.#create("restart", this.#plan.pods);
    this.#plan.report("restart");
    const limitMs = phaseLimitMs(this.#plan.pods);
    const outcome = await this.#phases.run("restart", { limitMs }, (signal) =>
      measureRestart(this.#stage, this.#plan.subject, this.#running, signal),
    );
    this.#running = outcome.running;
    Object.assign(figures, outcome.figures);
  }

  /** All pods end by themselves at the same moment, where the subject can be told to let them. */
  async #takeEnds({ figures }: Taken): Promise<void> {
    const { finishAll } = this.#running;
    if (finishAll === undefined) return;
    const { census } = await this.#create("second creation", this.#plan.pods);
    const act = async () => {
      finishAll();
      return census;
    };
    const ends = await this.#rate("ends", {
      count: this.#plan.pods,
      state: "ended",
      driverRequests: {},
      act,
    });
    figures.endedPerSecond = ends.perSecond;
    await this.#remove("ends", census);
  }

  #create(phase: Phase, count: number): Promise<Rate> {
    const act = (signal: AbortSignal) => this.#stage.driver.create(count, signal);
    return this.#rate(phase, { count, state: "running", driverRequests: { "POST pods": count }, act });
  }

  #remove(phase: Phase, census: PodCensus): Promise<Rate> {
    const { names } = census;
    const act = async (signal: AbortSignal) => {
      await this.#stage.driver.delete(names, signal);
      return census;
    };
    const count = names.length;
    return this.#rate(phase, { count, state: "gone", driverRequests: { "DELETE pods": count }, act });
  }

  #rate(phase: Phase, measurement: Omit<RateMeasurement, "meter" | "report">): Promise<Rate> {
    const { report } = this.#plan;
    return this.#phase(phase, phaseLimitMs(measurement.count), (signal) =>
      measureRate({ ...measurement, meter: this.#meter, report }, signal),
    );
  }

  #phase<T>(phase: Phase, limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#plan.report(phase);
    return this.#phases.run(phase, { limitMs, exited: this.#running.exited }, work);
  }

  get #meter(): Meter {
    return new Meter(this.#stage.driver.connection, this.#running.pid);
  }

  #memoryOf(component: string): number {
    const process = this.#stage.plane.processes.find(({ name }) => name === component);
    if (process === undefined) throw new Error(`measure the memory of ${component}: it does not run`);
    return usageOf(process.pid).rssMiB;
  }
}
