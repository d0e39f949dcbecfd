import type { Job } from "./batch/job.ts";
import type { EcsTask } from "./ecs/ecs-task.ts";

/** A task that was started, whoever still knows of it. */
export interface StartedTask {
  readonly taskArn: string;
  readonly cluster: string;
  readonly family: string;
  readonly startedBy: string | undefined;
  /** Processes that were started, by container. */
  readonly starts: Readonly<Record<string, number>>;
}

/** A job that was submitted. */
export interface StartedJob {
  readonly jobId: string;
  readonly jobName: string;
  readonly jobQueue: string;
  /** Attempts that were begun. */
  readonly attempts: number;
}

/** Everything that was ever started, in order. Two entries for one intent are a double start. */
export interface EmulatorCounts {
  readonly tasks: readonly StartedTask[];
  readonly jobs: readonly StartedJob[];
}

/** The tasks of ECS. */
export function ecsCounts(tasks: readonly EcsTask[]): readonly StartedTask[] {
  return tasks.map(({ parts, run }) => ({
    taskArn: parts.arn,
    cluster: parts.cluster.name,
    family: parts.definition.request.family,
    startedBy: parts.request.startedBy,
    starts: Object.fromEntries(run.containers.map(({ plan, starts }) => [plan.name, starts])),
  }));
}

/** The jobs of Batch. */
export function batchCounts(jobs: readonly Job[]): readonly StartedJob[] {
  return jobs.map(({ parts, attempts }) => ({
    jobId: parts.id,
    jobName: parts.request.jobName,
    jobQueue: parts.queue.name,
    attempts: attempts.length,
  }));
}
