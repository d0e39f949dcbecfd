import type { RegisterBody } from "./translate/job-spec.ts";
import type { VariableItems } from "./translate/variables.ts";
import type { Allocation, Evaluation, EventBatch, JobDetail, JobStub, LogFrame, NodeStub } from "./wire.ts";

/** What to read of a task's output. */
export interface LogRequest {
  readonly allocation: string;
  readonly task: string;
  readonly stream: "stdout" | "stderr";
  /** A following stream never ends by itself; it sends a frame without data about every second. */
  readonly follow: boolean;
  /** With `end`, `offset` counts bytes back from the end. */
  readonly origin: "start" | "end";
  readonly offset: number;
}

/**
 * The calls to Nomad that this provider makes. Each throws a `ProviderError` (see errors.ts), rejects with
 * `signal.reason` after an abort, and answers absence as undefined where it can be absent.
 */
export interface NomadClient {
  readJob(id: string, signal: AbortSignal): Promise<JobDetail | undefined>;
  /** Throws `Conflict` with reason {@link jobExistsReason} where the enforced index does not hold. Resolves to Nomad's warnings. */
  registerJob(body: RegisterBody, signal: AbortSignal): Promise<string>;
  /** A job that does not exist is success. */
  deregisterJob(id: string, options: { readonly purge: boolean }, signal: AbortSignal): Promise<void>;
  /** The items of a variable. */
  readVariable(path: string, signal: AbortSignal): Promise<VariableItems | undefined>;
  putVariable(path: string, items: VariableItems, signal: AbortSignal): Promise<void>;
  /** A variable that does not exist is success. */
  deleteVariable(path: string, signal: AbortSignal): Promise<void>;
  /** The paths below a prefix, all pages. */
  listVariables(prefix: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Jobs whose ID begins with `prefix`, with their Meta, all pages. */
  listJobs(prefix: string, signal: AbortSignal): Promise<readonly JobStub[]>;
  /** Allocations of jobs whose ID begins with `prefix`, all pages. */
  listAllocations(prefix: string, signal: AbortSignal): Promise<readonly Allocation[]>;
  /** Blocked evaluations of jobs whose ID begins with `prefix`, all pages. */
  listBlockedEvaluations(prefix: string, signal: AbortSignal): Promise<readonly Evaluation[]>;
  readAllocation(id: string, signal: AbortSignal): Promise<Allocation | undefined>;
  signalTask(allocation: string, task: string, name: string, signal: AbortSignal): Promise<void>;
  listNodes(signal: AbortSignal): Promise<readonly NodeStub[]>;
  /** Address of the leader, empty while there is none. */
  readLeader(signal: AbortSignal): Promise<string>;
  /** Job, Allocation and Evaluation events from now on; the first batch, a heartbeat, says that it is established. */
  events(signal: AbortSignal): AsyncIterable<EventBatch>;
  /** Throws `NotFound` while the task has not started. */
  logs(request: LogRequest, signal: AbortSignal): AsyncIterable<LogFrame>;
}

/** The `reason` of the error that says that a job of this ID exists already. */
export const jobExistsReason = "NomadJobExists";
