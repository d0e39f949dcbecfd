import { ContainerLauncher } from "../tasks/container-launcher.ts";
import { pauseBetweenStates } from "../tasks/steps.ts";
import type { TaskSurroundings } from "../tasks/surroundings.ts";
import { TaskRun } from "../tasks/task-run.ts";
import type { Cluster } from "./clusters.ts";
import { containerPlans } from "./container-plans.ts";
import type { RunTaskRequest } from "./schemas.ts";
import type { TaskDefinition } from "./task-definitions.ts";

/** The states of a task (developer guide, "Amazon ECS task lifecycle"). */
export type TaskStatus =
  | "PROVISIONING"
  | "PENDING"
  | "ACTIVATING"
  | "RUNNING"
  | "DEACTIVATING"
  | "STOPPING"
  | "DEPROVISIONING"
  | "STOPPED";

/** What a task is made of. */
export interface TaskParts {
  readonly id: string;
  readonly arn: string;
  readonly cluster: Cluster;
  readonly definition: TaskDefinition;
  readonly request: RunTaskRequest;
  readonly address: string;
  readonly region: string;
}

type Tags = NonNullable<RunTaskRequest["tags"]>;

/** A task from PROVISIONING to STOPPED. Times are milliseconds since the epoch. */
export class EcsTask {
  readonly parts: TaskParts;
  readonly run: TaskRun;
  readonly createdAt: number;
  lastStatus: TaskStatus = "PROVISIONING";
  /** Goes up with every change (API reference, Task, version). */
  version = 1;
  startedAt: number | undefined;
  stoppingAt: number | undefined;
  executionStoppedAt: number | undefined;
  stoppedAt: number | undefined;
  tags: Tags;
  readonly #surroundings: TaskSurroundings;
  #resolveStarted: () => void = () => undefined;

  constructor(parts: TaskParts, surroundings: TaskSurroundings) {
    this.parts = parts;
    this.#surroundings = surroundings;
    this.createdAt = surroundings.clock.now();
    const inherited = parts.request.propagateTags === "TASK_DEFINITION" ? parts.definition.tags : [];
    this.tags = [...inherited, ...(parts.request.tags ?? [])];
    const launcher = new ContainerLauncher(surroundings.machine, parts.id);
    const plans = containerPlans(parts.definition.request, parts.request.overrides, parts.id);
    this.run = new TaskRun(plans, launcher, surroundings.clock, () => this.#changed());
  }

  get desiredStatus(): "RUNNING" | "STOPPED" {
    return this.run.stopCause ? "STOPPED" : "RUNNING";
  }

  /** Takes the task through its life; resolves when it is STOPPED. To be called once. */
  async live(): Promise<void> {
    const started = new Promise<void>((resolve) => {
      this.#resolveStarted = resolve;
    });
    await this.#pause();
    if (!this.run.stopCause) {
      this.#enter("PENDING");
      this.run.start();
    }
    await Promise.race([started, this.run.stopping]);
    if (!this.run.stopCause) {
      this.#enter("ACTIVATING");
      await this.#pause();
    }
    if (!this.run.stopCause) this.#enter("RUNNING");
    await this.run.stopping;
    await this.#end();
  }

  async #end(): Promise<void> {
    const { clock } = this.#surroundings;
    if (this.lastStatus === "ACTIVATING" || this.lastStatus === "RUNNING") {
      this.#enter("DEACTIVATING");
      await this.#pause();
    }
    this.#enter("STOPPING");
    await this.run.ended;
    this.executionStoppedAt ??= clock.now();
    this.#enter("DEPROVISIONING");
    await this.#pause();
    this.stoppedAt = clock.now();
    this.#enter("STOPPED");
  }

  #pause(): Promise<void> {
    return pauseBetweenStates(this.#surroundings.clock, this.#surroundings.transitionMs);
  }

  #enter(status: TaskStatus): void {
    this.lastStatus = status;
    this.version += 1;
  }

  #changed(): void {
    this.version += 1;
    const { clock } = this.#surroundings;
    if (this.run.stopCause) this.stoppingAt ??= clock.now();
    else if (this.run.allStarted && this.run.containers.some(({ starts }) => starts > 0)) {
      this.startedAt ??= clock.now();
      this.#resolveStarted();
    }
  }
}
