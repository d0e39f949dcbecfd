import type {
  ComputeEnvironmentDetail,
  JobDetail,
  JobQueueDetail,
  RegisterJobDefinitionCommandInput,
  SubmitJobCommandInput,
} from "@aws-sdk/client-batch";

/** What a listing says of a job. */
export interface ListedJob {
  readonly id: string;
  readonly name: string;
}

/** One page of jobs. */
export interface JobPage {
  readonly jobs: readonly ListedJob[];
  readonly nextToken: string | undefined;
}

/**
 * The calls to AWS Batch that this provider makes. Every method throws ProviderErrors (see `awsProviderError`), or the
 * signal's reason once it has aborted. None repeats a call that creates something.
 */
export interface BatchClient {
  /** ARN of an ACTIVE definition of that name; undefined when there is none. */
  findJobDefinition(name: string, signal: AbortSignal): Promise<string | undefined>;
  registerJobDefinition(request: RegisterJobDefinitionCommandInput, signal: AbortSignal): Promise<void>;
  /** Returns the job's identifier. */
  submitJob(request: SubmitJobCommandInput, signal: AbortSignal): Promise<string>;
  /**
   * Jobs of a queue, of every status, whose names match: a whole name, or the beginning of names with `*` at the end.
   * May hold others too.
   */
  listJobs(queue: string, name: string, token: string | undefined, signal: AbortSignal): Promise<JobPage>;
  /** At most 100 jobs. Those that Batch does not know are left out. */
  describeJobs(ids: readonly string[], signal: AbortSignal): Promise<readonly JobDetail[]>;
  /** Ends a job in whatever state it is; one that has ended is left alone. */
  terminateJob(id: string, reason: string, signal: AbortSignal): Promise<void>;
  /** Undefined when there is no such queue. */
  describeQueue(queue: string, signal: AbortSignal): Promise<JobQueueDetail | undefined>;
  describeComputeEnvironments(
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly ComputeEnvironmentDetail[]>;
  close(): void;
}
