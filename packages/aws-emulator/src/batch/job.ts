import { after } from "../clock.ts";
import { arn, lastPart, taskId } from "../identifiers.ts";
import { ContainerLauncher } from "../tasks/container-launcher.ts";
import type { ContainerPlan } from "../tasks/container-plan.ts";
import { pauseBetweenStates } from "../tasks/steps.ts";
import type { TaskSurroundings } from "../tasks/surroundings.ts";
import { TaskRun } from "../tasks/task-run.ts";
import type { JobDefinition } from "./job-definitions.ts";
import { attemptPlans, type JobContainer, jobContainers } from "./job-plans.ts";
import type { ComputeEnvironment, JobQueue } from "./queues.ts";
import { isRetried } from "./retry-decision.ts";
import type { RetryStrategy, SubmitRequest } from "./schemas.ts";

/** User guide, "Job states". */
export type JobStatus =
  | "SUBMITTED"
  | "PENDING"
  | "RUNNABLE"
  | "STARTING"
  | "RUNNING"
  | "SUCCEEDED"
  | "FAILED";

/** One run of a job; times are milliseconds since the epoch. */
export interface Attempt {
  readonly taskArn: string;
  readonly plans: readonly ContainerPlan[];
  readonly run: TaskRun;
  startedAt: number | undefined;
  stoppedAt: number | undefined;
  statusReason: string | undefined;
}

/** What a job is made of. */
export interface JobParts {
  readonly id: string;
  readonly arn: string;
  /** Place in the order of submission. */
  readonly place: number;
  readonly queue: JobQueue;
  readonly definition: JobDefinition;
  readonly request: SubmitRequest;
  readonly region: string;
}

/** A job from SUBMITTED to its end. */
export class Job {
  readonly parts: JobParts;
  readonly containers: readonly JobContainer[];
  readonly createdAt: number;
  status: JobStatus = "SUBMITTED";
  statusReason: string | undefined;
  startedAt: number | undefined;
  stoppedAt: number | undefined;
  isCancelled = false;
  isTerminated = false;
  /** Every attempt, the latest last; one that runs has no `stoppedAt`. */
  readonly attempts: Attempt[] = [];
  /** Where it runs. */
  environment: ComputeEnvironment | undefined;
  readonly #surroundings: TaskSurroundings;
  readonly #changed: () => void;
  #endReason: string | undefined;
  #timedOut = false;

  constructor(parts: JobParts, surroundings: TaskSurroundings, changed: () => void) {
    this.parts = parts;
    this.#surroundings = surroundings;
    this.#changed = changed;
    this.createdAt = surroundings.clock.now();
    this.containers = jobContainers(parts.definition, parts.request);
  }

  get retryStrategy(): RetryStrategy | undefined {
    return this.parts.request.retryStrategy ?? this.parts.definition.request.retryStrategy;
  }

  get timeoutSeconds(): number | undefined {
    const { request, definition } = this.parts;
    return (request.timeout ?? definition.request.timeout)?.attemptDurationSeconds;
  }

  get vcpus(): number {
    return this.containers
      .flatMap(({ resourceRequirements }) => resourceRequirements)
      .reduce((sum, { type, value }) => sum + (type === "VCPU" ? Number(value) : 0), 0);
  }

  get ended(): boolean {
    return this.status === "SUCCEEDED" || this.status === "FAILED";
  }

  /** Ends a job that has not been placed; one that waits for others only when they have ended. */
  cancel(reason: string): void {
    if (this.ended || this.status === "STARTING" || this.status === "RUNNING") return;
    this.isCancelled = true;
    this.#endReason ??= reason;
    if (this.status !== "PENDING") this.#finish("FAILED", this.#endReason);
    this.#changed();
  }

  /** Ends a job in whatever state it is. */
  terminate(reason: string): void {
    if (this.ended) return;
    this.isTerminated = true;
    this.#endReason ??= reason;
    const run = this.attempts.at(-1)?.run;
    if (this.status === "STARTING" || this.status === "RUNNING") run?.stop({ code: "UserInitiated", reason });
    else if (this.status !== "PENDING") this.#finish("FAILED", this.#endReason);
    this.#changed();
  }

  /** Out of PENDING: to the queue, or to the end. */
  dependenciesEnded(allSucceeded: boolean): void {
    if (this.#endReason !== undefined) this.#finish("FAILED", this.#endReason);
    // Recorded answer of Batch.
    else if (!allSucceeded) this.#finish("FAILED", "Dependent Job failed");
    else this.status = "RUNNABLE";
  }

  /** One attempt on `environment`; the job is then at its end or RUNNABLE again. */
  async attempt(environment: ComputeEnvironment): Promise<void> {
    const attempt = this.#begin(environment);
    const { run } = attempt;
    await pauseBetweenStates(this.#surroundings.clock, this.#surroundings.transitionMs);
    run.start();
    await run.ended;
    attempt.stoppedAt = this.#surroundings.clock.now();
    this.#decide(attempt);
    this.#changed();
  }

  #begin(environment: ComputeEnvironment): Attempt {
    const { clock, machine } = this.#surroundings;
    this.status = "STARTING";
    this.statusReason = undefined;
    this.environment = environment;
    const id = taskId();
    const plans = attemptPlans(this.containers, {
      jobId: this.parts.id,
      attempt: this.attempts.length + 1,
      queue: this.parts.queue.name,
      computeEnvironment: environment.name,
      taskId: id,
      definition: this.parts.definition.name,
    });
    const run = new TaskRun(plans, new ContainerLauncher(machine, id), clock, () => this.#runChanged());
    const cluster = lastPart(environment.clusterArn);
    const attempt = {
      taskArn: arn("ecs", this.parts.region, `task/${cluster}/${id}`),
      plans,
      run,
      startedAt: undefined,
      stoppedAt: undefined,
      statusReason: undefined,
    };
    this.attempts.push(attempt);
    return attempt;
  }

  /** RUNNING when the slowest container has started, as with an ECS task; init containers run in STARTING. */
  #runChanged(): void {
    const attempt = this.attempts.at(-1);
    if (!attempt || attempt.startedAt !== undefined) return;
    const { run } = attempt;
    if (!run.allStarted || run.containers.every(({ starts }) => starts === 0)) return;
    attempt.startedAt = this.#surroundings.clock.now();
    this.startedAt = attempt.startedAt;
    if (run.stopCause) return;
    this.status = "RUNNING";
    this.#armTimeout(run);
  }

  /** User guide, "Job timeouts": counted from RUNNING, for each attempt. */
  #armTimeout(run: TaskRun): void {
    if (this.timeoutSeconds === undefined) return;
    const timer = after(this.#surroundings.clock, this.timeoutSeconds * 1000, () => {
      this.#timedOut = !run.stopCause;
      run.stop({ code: "UserInitiated", reason: "Job attempt duration exceeded timeout" });
    });
    void run.ended.then(() => timer.cancel());
  }

  #decide(attempt: Attempt): void {
    const { stopCause } = attempt.run;
    const failed = failedContainer(attempt.run);
    const startFailed = stopCause?.code === "TaskFailedToStart";
    attempt.statusReason = startFailed ? "Task failed to start" : (stopCause?.reason ?? "");
    const { statusReason } = attempt;
    // API reference, TerminateJob, and user guide, "Job timeouts": neither is retried.
    if (this.isTerminated && this.#endReason !== undefined) this.#finish("FAILED", this.#endReason);
    else if (this.#timedOut) this.#finish("FAILED", statusReason);
    else if (!failed && !startFailed) this.#finish("SUCCEEDED", statusReason);
    else {
      const end = { exitCode: failed?.exitCode, reason: failed?.reason, statusReason };
      if (isRetried(this.retryStrategy, this.attempts.length, end)) {
        this.status = "RUNNABLE";
        this.statusReason = undefined;
      } else this.#finish("FAILED", statusReason);
    }
  }

  #finish(status: "SUCCEEDED" | "FAILED", reason: string): void {
    this.status = status;
    this.statusReason = reason;
    this.stoppedAt = this.#surroundings.clock.now();
  }
}

/**
 * The container that makes an attempt a failure: one that did not start, else an essential one that ended by itself
 * with another code than 0. Containers that were stopped because another ended do not count.
 */
function failedContainer({ containers, stopCause }: TaskRun): TaskRun["containers"][number] | undefined {
  if (stopCause?.code === "TaskFailedToStart") {
    return (
      containers.find(({ reason }) => reason !== undefined) ?? containers.find((one) => one.exitCode !== 0)
    );
  }
  return containers.find(
    ({ plan, starts, signalled, exitCode }) => plan.essential && starts > 0 && !signalled && exitCode !== 0,
  );
}
