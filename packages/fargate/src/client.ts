import type {
  Failure,
  RegisterTaskDefinitionCommandInput,
  RunTaskCommandInput,
  Task,
} from "@aws-sdk/client-ecs";

/** One page of task ARNs. */
export interface TaskPage {
  readonly arns: readonly string[];
  readonly nextToken: string | undefined;
}

/** ECS takes `startedBy` only alone, and then lists running tasks. */
export type TaskFilter =
  | { readonly startedBy: string }
  | { readonly desiredStatus: "RUNNING" | "STOPPED"; readonly family?: string };

/** What ECS answers to RunTask. No tasks and some failures is an ordinary answer. */
export interface RunTaskReply {
  readonly tasks: readonly Pick<Task, "taskArn">[];
  readonly failures: readonly Failure[];
  /** Tasks that the same token has started before with other parameters. */
  readonly startedBefore: readonly string[];
}

/**
 * The calls to ECS that this provider makes. Every method throws ProviderErrors (see `awsProviderError`), or the
 * signal's reason once it has aborted. None repeats a call that creates something.
 */
export interface FargateClient {
  /** The ACTIVE definition of a family; undefined when there is none. */
  findTaskDefinition(family: string, signal: AbortSignal): Promise<string | undefined>;
  /** Returns the ARN. */
  registerTaskDefinition(request: RegisterTaskDefinitionCommandInput, signal: AbortSignal): Promise<string>;
  runTask(request: RunTaskCommandInput, signal: AbortSignal): Promise<RunTaskReply>;
  listTasks(
    cluster: string,
    filter: TaskFilter,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<TaskPage>;
  /** At most 100 tasks. Those that ECS no longer knows are left out; any other failure throws. */
  describeTasks(cluster: string, arns: readonly string[], signal: AbortSignal): Promise<readonly Task[]>;
  stopTask(cluster: string, arn: string, reason: string, signal: AbortSignal): Promise<void>;
  /** The cluster's status (`ACTIVE`, …); undefined when there is no such cluster. */
  clusterStatus(cluster: string, signal: AbortSignal): Promise<string | undefined>;
  close(): void;
}
