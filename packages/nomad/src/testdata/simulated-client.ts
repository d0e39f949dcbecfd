import { type Clock, ProviderError } from "@vkubelet/core";
import type { LogRequest } from "../client.ts";
import type { JobSpec, Task } from "../translate/job-spec.ts";
import type { LogFrame, TaskState } from "../wire.ts";
import type { FakeNomad } from "./fake-nomad.ts";
import { SimulatedTask } from "./simulated-task.ts";

/** Milliseconds between the frames of a stream that follows. */
const heartbeatMs = 1_000;

interface Placement {
  readonly job: JobSpec;
  readonly tasks: readonly SimulatedTask[];
  stopping: boolean;
}

/**
 * The client half of a {@link FakeNomad}: places every registered job at once and moves its allocation as Nomad does.
 * Prestart tasks wait for their gates, main tasks for prestart tasks; one that fails ends the others; what is
 * deregistered gets its signal, and is killed after its `KillTimeout`.
 */
export class SimulatedClient {
  readonly #nomad: FakeNomad;
  readonly #clock: Clock;
  readonly #placements = new Map<string, Placement>();
  readonly #stop = new AbortController();
  /** Starts of tasks by job. */
  readonly starts = new Map<string, number>();

  constructor(nomad: FakeNomad, clock: Clock) {
    this.#nomad = nomad;
    this.#clock = clock;
    nomad.onChange = () => this.#keepUp();
    nomad.onSignal = (allocation, task) => this.#taskOf(allocation, task)?.kill();
    nomad.output = (request, signal) => this.#logs(request, signal);
    this.#inBackground(this.#beat());
  }

  /** Ends what the client does in the background. */
  close(): void {
    this.#stop.abort(new Error("the client is closed"));
  }

  #keepUp(): void {
    for (const [id, { Job }] of this.#nomad.bodies) {
      const known = this.#placements.get(id);
      const stopped = this.#nomad.jobs.get(id)?.Stop ?? true;
      if (known === undefined && !stopped) this.#inBackground(this.#run(Job));
      if (known === undefined || !stopped || known.stopping) continue;
      known.stopping = true;
      this.#tell(known);
      for (const task of known.tasks) task.stop();
    }
  }

  async #run(job: JobSpec): Promise<void> {
    const signal = this.#stop.signal;
    const tasks = job.TaskGroups.flatMap((group) => group.Tasks).map(
      (task) =>
        new SimulatedTask(task, job.Type === "service", {
          clock: this.#clock,
          signal,
          changed: () => this.#changed(placement),
          started: () => this.starts.set(job.ID, (this.starts.get(job.ID) ?? 0) + 1),
        }),
    );
    const placement: Placement = { job, tasks, stopping: false };
    this.#placements.set(job.ID, placement);
    await this.#clock.sleep(20, signal);
    this.#tell(placement);
    const [prestart, main] = [tasks.filter(isPrestart), tasks.filter((task) => !isPrestart(task))];
    for (const task of prestart) this.#inBackground(this.#startGated(task));
    while (!prestart.every((task) => task.letsOthersStart) && !tasks.every(({ over }) => over)) {
      await this.#clock.sleep(50, signal);
    }
    for (const task of main) this.#inBackground(task.run());
  }

  async #startGated(task: SimulatedTask): Promise<void> {
    const gate = task.spec.Templates?.find(({ DestPath }) => DestPath === "secrets/vk/gate")?.EmbeddedTmpl;
    const path = /"(.+?)"/.exec(gate ?? "")?.[1];
    while (path !== undefined && !this.#nomad.variables.has(path)) await this.#clock.sleep(50, this.#stop.signal);
    await task.run();
  }

  #changed(placement: Placement): void {
    const { tasks } = placement;
    const failed = tasks.some(({ state }) => state.Failed === true);
    const mainsOver = tasks.filter((task) => !isPrestart(task)).every(({ over }) => over);
    if (failed || mainsOver) for (const task of tasks) task.stop();
    this.#tell(placement);
  }

  #tell({ job, tasks, stopping }: Placement): void {
    if (!this.#nomad.jobs.has(job.ID)) return;
    const over = tasks.every((task) => task.over);
    const failed = tasks.some(({ state }) => state.Failed === true);
    const started = tasks.some(({ state }) => state.State !== "pending");
    this.#nomad.allocate(job.ID, {
      DesiredStatus: stopping ? "stop" : "run",
      ClientStatus: over ? (failed ? "failed" : "complete") : started ? "running" : "pending",
      TaskStates: Object.fromEntries(tasks.map(({ spec, state }): [string, TaskState] => [spec.Name, state])),
    });
  }

  #taskOf(allocation: string, name: string): SimulatedTask | undefined {
    const job = this.#nomad.allocations.get(allocation)?.JobID ?? "";
    return this.#placements.get(job)?.tasks.find(({ spec }) => spec.Name === name);
  }

  async *#logs(request: LogRequest, signal: AbortSignal): AsyncIterable<LogFrame> {
    const task = this.#taskOf(request.allocation, request.task);
    if (task === undefined || task.state.StartedAt === undefined) {
      throw new ProviderError("NotFound", `read logs failed: task ${request.task} not started yet`);
    }
    const all = () => (request.stream === "stdout" ? Buffer.from(task.output) : Buffer.alloc(0));
    let from = request.origin === "end" ? Math.max(0, all().length - request.offset) : request.offset;
    for (;;) {
      signal.throwIfAborted();
      const data = all().subarray(from);
      from += data.length;
      yield data.length === 0 ? {} : { Data: data.toString("base64") };
      if (!request.follow) return;
      await this.#clock.sleep(heartbeatMs, signal);
    }
  }

  /** The event stream's heartbeats. */
  async #beat(): Promise<void> {
    for (;;) {
      await this.#clock.sleep(30_000, this.#stop.signal);
      this.#nomad.emit(0, []);
    }
  }

  /** Work that ends when the client is closed; whatever else ends it is nobody's to catch. */
  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!this.#stop.signal.aborted) throw error;
    });
  }
}

function isPrestart({ spec }: { readonly spec: Task }): boolean {
  return spec.Lifecycle !== undefined;
}
