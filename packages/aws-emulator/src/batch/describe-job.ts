import type { ContainerRun } from "../tasks/container-run.ts";
import type { Attempt, Job } from "./job.ts";
import { type JobContainer, onlyContainer } from "./job-plans.ts";

/** As DescribeJobs shows a job: times are milliseconds. */
export function describeJob(job: Job): Record<string, unknown> {
  const { parts, startedAt, stoppedAt, statusReason } = job;
  const { request, definition, queue } = parts;
  const propagated = request.propagateTags ?? definition.request.propagateTags ?? false;
  return {
    jobArn: parts.arn,
    jobId: parts.id,
    jobName: request.jobName,
    jobQueue: queue.arn,
    jobDefinition: definition.arn,
    status: job.status,
    createdAt: job.createdAt,
    // API reference, JobDetail: only attempts that have ended are told of.
    attempts: job.attempts
      .filter((attempt) => attempt.stoppedAt !== undefined)
      .map((attempt) => describeAttempt(job, attempt)),
    dependsOn: request.dependsOn ?? [],
    parameters: { ...definition.request.parameters, ...request.parameters },
    platformCapabilities: definition.request.platformCapabilities ?? ["EC2"],
    propagateTags: propagated,
    tags: request.tags ?? {},
    retryStrategy: { attempts: 1, evaluateOnExit: [], ...job.retryStrategy },
    ...(job.timeoutSeconds === undefined ? {} : { timeout: { attemptDurationSeconds: job.timeoutSeconds } }),
    ...(statusReason === undefined ? {} : { statusReason }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    isCancelled: job.isCancelled,
    isTerminated: job.isTerminated,
    ...containersOf(job),
  };
}

/** As ListJobs shows a job. */
export function summarizeJob(job: Job): Record<string, unknown> {
  const { parts, startedAt, stoppedAt, statusReason } = job;
  const last = job.attempts.at(-1)?.run.containers.find(({ plan }) => plan.name === onlyContainer);
  return {
    jobArn: parts.arn,
    jobId: parts.id,
    jobName: parts.request.jobName,
    jobDefinition: parts.definition.arn,
    status: job.status,
    createdAt: job.createdAt,
    ...(statusReason === undefined ? {} : { statusReason }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(last ? { container: exitOf(last) } : {}),
    isCancelled: job.isCancelled,
    isTerminated: job.isTerminated,
  };
}

function exitOf({ exitCode, reason }: ContainerRun): Record<string, unknown> {
  return {
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** `container` of containerProperties, else `ecsProperties`; with the state of the latest attempt. */
function containersOf(job: Job): Record<string, unknown> {
  const { request } = job.parts.definition;
  const attempt = job.attempts.at(-1);
  const task = attempt ? { taskArn: attempt.taskArn } : {};
  const [first] = job.containers;
  if (request.containerProperties && first) {
    return {
      container: {
        ...request.containerProperties,
        ...effective(first),
        ...state(attempt, first.name),
        ...task,
        networkInterfaces: [],
      },
    };
  }
  const [properties] = request.ecsProperties?.taskProperties ?? [];
  const containers = job.containers.map((container) => ({
    ...properties?.containers.find(({ name }) => name === container.name),
    ...effective(container),
    ...state(attempt, container.name),
    essential: container.essential,
    networkInterfaces: [],
  }));
  return { ecsProperties: { taskProperties: [{ ...properties, containers, ...task }] } };
}

function effective({ command, environment, resourceRequirements }: JobContainer): Record<string, unknown> {
  return { command, environment, resourceRequirements };
}

function state(attempt: Attempt | undefined, name: string): Record<string, unknown> {
  const container = attempt?.run.containers.find(({ plan }) => plan.name === name);
  if (!container) return {};
  // User guide, "Retrieving log streams": the name is there from RUNNING on.
  const stream = container.starts > 0 ? container.plan.log?.stream : undefined;
  return { ...exitOf(container), ...(stream === undefined ? {} : { logStreamName: stream }) };
}

function describeAttempt(job: Job, attempt: Attempt): Record<string, unknown> {
  const { startedAt, stoppedAt, statusReason, taskArn, run } = attempt;
  const single = job.parts.definition.request.containerProperties !== undefined;
  const containers = run.containers.map(({ plan }) => ({
    ...(single ? {} : { name: plan.name }),
    ...state(attempt, plan.name),
    networkInterfaces: [],
  }));
  return {
    ...(single
      ? { container: { ...containers[0], taskArn } }
      : { taskProperties: [{ taskArn, containers }] }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(statusReason === undefined ? {} : { statusReason }),
  };
}
