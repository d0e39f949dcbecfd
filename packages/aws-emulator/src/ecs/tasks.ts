import type { EmulatorClock } from "../clock.ts";
import { arn, lastPart, taskId } from "../identifiers.ts";
import { type Page, pageOf } from "../paging.ts";
import { readInput } from "../request-input.ts";
import { invalidParameter, ServiceError } from "../service-error.ts";
import type { TaskSurroundings } from "../tasks/surroundings.ts";
import type { Cluster } from "./clusters.ts";
import { EcsTask } from "./ecs-task.ts";
import { listTasksRequest, type RunTaskRequest } from "./schemas.ts";
import type { TaskDefinition } from "./task-definitions.ts";

/** API reference, ListTasks: recently stopped tasks appear for at least one hour. */
const stoppedVisible = 3_600_000;

/** How a task becomes one, and how soon it shows. */
export interface TaskSettings extends TaskSurroundings {
  readonly region: string;
  /** Address of every task; undefined: one of its own, at which nothing answers. */
  readonly address: string | undefined;
  /** How long a new task is missing from listings and descriptions, in milliseconds. */
  readonly visibilityDelayMs: number;
}

/** Every task that was ever started. */
export class Tasks {
  /** In the order of their starts. */
  readonly all: EcsTask[] = [];
  readonly #settings: TaskSettings;
  readonly #clock: EmulatorClock;

  constructor(settings: TaskSettings) {
    this.#settings = settings;
    this.#clock = settings.clock;
  }

  start(cluster: Cluster, definition: TaskDefinition, request: RunTaskRequest): EcsTask {
    const { region, address } = this.#settings;
    const id = taskId();
    const place = this.all.length + 10;
    const parts = {
      id,
      arn: arn("ecs", region, `task/${cluster.name}/${id}`),
      cluster,
      definition,
      request,
      address: address ?? `10.0.${(place >> 8) & 255}.${place & 255}`,
      region,
    };
    const task = new EcsTask(parts, this.#settings);
    this.all.push(task);
    void task.live();
    return task;
  }

  /** By ARN or id, as long as ECS would still tell of it. */
  find(cluster: Cluster, name: string): EcsTask | undefined {
    const id = lastPart(name);
    const task = this.all.find(({ parts }) => parts.id === id && parts.cluster === cluster);
    return task && this.#visible(task) ? task : undefined;
  }

  list(cluster: Cluster, input: unknown): Page<string> {
    const request = readInput(listTasksRequest, input, invalidParameter);
    const { startedBy, family, desiredStatus, launchType, serviceName, containerInstance } = request;
    // API reference, ListTasks, startedBy: it must be the only filter.
    if (
      startedBy !== undefined &&
      [family, desiredStatus, launchType, serviceName].some((it) => it !== undefined)
    ) {
      throw invalidParameter("startedBy must be the only filter.");
    }
    if (serviceName !== undefined) throw new ServiceError("ServiceNotFoundException", "Service not found.");
    if (containerInstance !== undefined) throw invalidParameter("Container instance not found.");
    const found = this.all
      .map((task, place) => ({ task, key: String(place).padStart(12, "0") }))
      .filter(({ task }) => task.parts.cluster === cluster && this.#visible(task))
      // API reference, ListTasks, desiredStatus: RUNNING when nothing is said; PENDING finds nothing.
      .filter(({ task }) => task.desiredStatus === (desiredStatus ?? "RUNNING"))
      .filter(({ task }) => startedBy === undefined || task.parts.request.startedBy === startedBy)
      .filter(({ task }) => family === undefined || task.parts.definition.request.family === family)
      .filter(({ task }) => launchType === undefined || task.parts.request.launchType === launchType);
    const page = pageOf(
      found,
      ({ key }) => key,
      request.maxResults ?? 100,
      request.nextToken,
      invalidParameter,
    );
    return { ...page, items: page.items.map(({ task }) => task.parts.arn) };
  }

  #visible({ createdAt, stoppedAt }: EcsTask): boolean {
    const now = this.#clock.now();
    if (now - createdAt < this.#settings.visibilityDelayMs) return false;
    return stoppedAt === undefined || now - stoppedAt < stoppedVisible;
  }
}
