import { ProviderError } from "@vkubelet/core";
import { jobExistsReason, type LogRequest, type NomadClient } from "../client.ts";
import type { RegisterBody } from "../translate/job-spec.ts";
import type { VariableItems } from "../translate/variables.ts";
import type {
  Allocation,
  Evaluation,
  EventBatch,
  JobDetail,
  LogFrame,
  NodeStub,
} from "../wire.ts";
import { fakeNode } from "./nomad-objects.ts";

type Operation = Exclude<keyof NomadClient, "events" | "logs">;

/** When a call breaks: `before` it had an effect, or `after`, when only the reply is lost; or it never ends. */
export interface Fault {
  readonly operation: Operation;
  readonly when: "before" | "after" | "never";
  /** Which call of the operation, from 1. */
  readonly call?: number;
  /** Default: `Unavailable`. */
  readonly error?: ProviderError;
  /** Told when the call has come that never ends. */
  readonly onArrival?: () => void;
}

/**
 * An in-memory Nomad behind {@link NomadClient}: registration with an enforced index, one raft index for everything,
 * events in batches, and allocations that move only when a test, or a simulated client, moves them. With that client it
 * is held to the provider contract, as the real one is by the end-to-end suite.
 */
export class FakeNomad implements NomadClient {
  readonly jobs = new Map<string, JobDetail & { Stop: boolean; Status: string }>();
  readonly bodies = new Map<string, RegisterBody>();
  readonly variables = new Map<string, VariableItems>();
  readonly allocations = new Map<string, Allocation>();
  readonly evaluations = new Map<string, Evaluation>();
  readonly calls: { readonly operation: Operation; readonly subject: string }[] = [];
  nodes: readonly NodeStub[] = [fakeNode("node-1")];
  leader = "127.0.0.1:4647";
  fault: Fault | undefined;
  output: (request: LogRequest, signal: AbortSignal) => AsyncIterable<LogFrame> = async function* () {};
  /** Called after every call that took effect. */
  onChange: () => void = () => {};
  onSignal: (allocation: string, task: string) => void = () => {};
  #breaks = 0;
  readonly #listeners = new Set<(batch: EventBatch) => void>();
  #index = 10;

  async readJob(id: string, signal: AbortSignal): Promise<JobDetail | undefined> {
    return await this.#call("readJob", id, signal, () => this.jobs.get(id));
  }

  async registerJob(body: RegisterBody, signal: AbortSignal): Promise<string> {
    const { Job } = body;
    return await this.#call("registerJob", Job.ID, signal, () => {
      if (body.EnforceIndex && body.JobModifyIndex === 0 && this.jobs.has(Job.ID)) {
        throw new ProviderError("Conflict", "register failed: job already exists", {
          reason: jobExistsReason,
        });
      }
      const index = this.nextIndex();
      const job = { ...Job, Stop: false, Status: "pending", ModifyIndex: index, JobModifyIndex: index };
      this.bodies.set(Job.ID, body);
      this.jobs.set(Job.ID, job);
      this.emit(index, [{ Topic: "Job", Type: "JobRegistered", Key: Job.ID, Payload: { Job: job } }]);
      return "";
    });
  }

  async deregisterJob(id: string, options: { readonly purge: boolean }, signal: AbortSignal): Promise<void> {
    await this.#call("deregisterJob", id, signal, () => {
      const job = this.jobs.get(id);
      if (job === undefined) return;
      const index = this.nextIndex();
      const stopped = { ...job, Stop: true, ModifyIndex: index };
      if (options.purge) this.jobs.delete(id);
      else this.jobs.set(id, stopped);
      const payload = { Job: stopped, Deleted: options.purge };
      this.emit(index, [{ Topic: "Job", Type: "JobDeregistered", Key: id, Payload: payload }]);
    });
  }

  async readVariable(path: string, signal: AbortSignal): Promise<VariableItems | undefined> {
    return await this.#call("readVariable", path, signal, () => this.variables.get(path));
  }

  async putVariable(path: string, items: VariableItems, signal: AbortSignal): Promise<void> {
    await this.#call("putVariable", path, signal, () => void this.variables.set(path, items));
  }

  async deleteVariable(path: string, signal: AbortSignal): Promise<void> {
    await this.#call("deleteVariable", path, signal, () => void this.variables.delete(path));
  }

  async listVariables(prefix: string, signal: AbortSignal): Promise<readonly string[]> {
    return await this.#call("listVariables", prefix, signal, () =>
      [...this.variables.keys()].filter((path) => path.startsWith(prefix)),
    );
  }

  async listJobs(prefix: string, signal: AbortSignal): Promise<readonly JobDetail[]> {
    return await this.#call("listJobs", prefix, signal, () =>
      [...this.jobs.values()].filter((job) => job.ID.startsWith(prefix)),
    );
  }

  async listAllocations(prefix: string, signal: AbortSignal): Promise<readonly Allocation[]> {
    return await this.#call("listAllocations", prefix, signal, () =>
      [...this.allocations.values()]
        .filter((allocation) => allocation.JobID.startsWith(prefix))
        .map(({ NetworkStatus: _, ...stub }) => stub),
    );
  }

  async listBlockedEvaluations(prefix: string, signal: AbortSignal): Promise<readonly Evaluation[]> {
    return await this.#call("listBlockedEvaluations", prefix, signal, () =>
      [...this.evaluations.values()].filter(
        (evaluation) => evaluation.Status === "blocked" && evaluation.JobID.startsWith(prefix),
      ),
    );
  }

  async readAllocation(id: string, signal: AbortSignal): Promise<Allocation | undefined> {
    return await this.#call("readAllocation", id, signal, () => this.allocations.get(id));
  }

  async signalTask(allocation: string, task: string, name: string, signal: AbortSignal): Promise<void> {
    await this.#call("signalTask", `${name} ${allocation} ${task}`, signal, () =>
      this.onSignal(allocation, task),
    );
  }

  async listNodes(signal: AbortSignal): Promise<readonly NodeStub[]> {
    return await this.#call("listNodes", "", signal, () => this.nodes);
  }

  async readLeader(signal: AbortSignal): Promise<string> {
    return await this.#call("readLeader", "", signal, () => this.leader);
  }

  async *events(signal: AbortSignal): AsyncIterable<EventBatch> {
    const queue: EventBatch[] = [{}];
    let wake = () => {};
    const listener = (batch: EventBatch) => {
      queue.push(batch);
      wake();
    };
    this.#listeners.add(listener);
    const breaks = this.#breaks;
    signal.addEventListener("abort", () => wake(), { once: true });
    try {
      for (;;) {
        signal.throwIfAborted();
        if (this.#breaks > breaks) throw new ProviderError("Unavailable", "watch events failed: terminated");
        const batch = queue.shift();
        if (batch !== undefined) yield batch;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#listeners.delete(listener);
    }
  }

  logs(request: LogRequest, signal: AbortSignal): AsyncIterable<LogFrame> {
    return this.output(request, signal);
  }

  /** Breaks the event streams that are open. */
  breakStreams(): void {
    this.#breaks += 1;
    this.emit(this.#index, []);
  }

  /** Makes the next call of the operation break. */
  failNext(fault: Omit<Fault, "call">): void {
    const made = this.calls.filter((call) => call.operation === fault.operation).length;
    this.fault = { ...fault, call: made + 1 };
  }

  nextIndex(): number {
    this.#index += 1;
    return this.#index;
  }

  emit(index: number, events: NonNullable<EventBatch["Events"]>): void {
    for (const listener of this.#listeners) listener({ Index: index, Events: events });
  }

  /** Makes or changes the allocation of a job, and says so. */
  allocate(job: string, change: Partial<Allocation> & { readonly ID?: string } = {}): Allocation {
    const index = this.nextIndex();
    const id = change.ID ?? `alloc-of-${job}`;
    const known = this.allocations.get(id);
    const allocation: Allocation = {
      JobID: job,
      NodeID: "node-1",
      DesiredStatus: "run",
      ClientStatus: "pending",
      CreateIndex: index,
      CreateTime: 1_700_000_000_000_000_000,
      ...known,
      ...change,
      ID: id,
      ModifyIndex: index,
    };
    this.allocations.set(id, allocation);
    this.emit(index, [
      { Topic: "Allocation", Type: "AllocationUpdated", Payload: { Allocation: allocation } },
    ]);
    return allocation;
  }

  /** Blocks a job's placement, and says so. */
  block(job: string, evaluation: Partial<Evaluation> = {}): void {
    const index = this.nextIndex();
    const full: Evaluation = {
      ID: `eval-of-${job}`,
      JobID: job,
      Status: "blocked",
      ...evaluation,
      ModifyIndex: index,
    };
    this.evaluations.set(full.ID, full);
    this.emit(index, [{ Topic: "Evaluation", Type: "EvaluationUpdated", Payload: { Evaluation: full } }]);
  }

  async #call<Result>(
    operation: Operation,
    subject: string,
    signal: AbortSignal,
    effect: () => Result,
  ): Promise<Result> {
    signal.throwIfAborted();
    this.calls.push({ operation, subject });
    const count = this.calls.filter((call) => call.operation === operation).length;
    const fault =
      this.fault?.operation === operation && (this.fault.call ?? count) === count ? this.fault : undefined;
    await Promise.resolve();
    if (fault?.when === "never") {
      fault.onArrival?.();
      await untilAborted(signal);
    }
    if (fault?.when === "before") throw fault.error ?? unavailable(`${operation} failed: connection refused`);
    const result = effect();
    this.onChange();
    if (fault?.when === "after") throw fault.error ?? unavailable(`${operation} failed: connection reset`);
    return result;
  }
}

function unavailable(message: string): ProviderError {
  return new ProviderError("Unavailable", message);
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
