import { randomUUID } from "node:crypto";
import type { EmulatorClock } from "../clock.ts";
import { arn } from "../identifiers.ts";
import { type Page, pageOf } from "../paging.ts";
import { readInput } from "../request-input.ts";
import { clientException, notEmulated } from "../service-error.ts";
import { pauseBetweenStates } from "../tasks/steps.ts";
import type { TaskSurroundings } from "../tasks/surroundings.ts";
import { checkSubmit } from "./check-submit.ts";
import { Job } from "./job.ts";
import type { JobDefinitions } from "./job-definitions.ts";
import { jobFilter } from "./job-filter.ts";
import type { ComputeEnvironment, JobQueue, Queues } from "./queues.ts";
import { listJobsRequest, submitRequest } from "./schemas.ts";

/** User guide, "Job states": ended jobs stay for at least seven days. */
const endedVisible = 7 * 24 * 3_600_000;

/** User guide, "Jobs stuck in RUNNABLE": what the job at the head of the queue says when nothing can take it. */
const tooLarge =
  "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the compute environment(s) attached to the job queue.";

/** How jobs become visible and where they run. */
export interface JobSettings extends TaskSurroundings {
  readonly region: string;
  readonly visibilityDelayMs: number;
}

/** Every job that was ever submitted, and their queue. */
export class Jobs {
  /** In the order of submission. */
  readonly all: Job[] = [];
  readonly #settings: JobSettings;
  readonly #clock: EmulatorClock;
  readonly #definitions: JobDefinitions;
  readonly #queues: Queues;

  constructor(settings: JobSettings, definitions: JobDefinitions, queues: Queues) {
    this.#settings = settings;
    this.#clock = settings.clock;
    this.#definitions = definitions;
    this.#queues = queues;
  }

  submit(input: unknown): Job {
    const request = readInput(submitRequest, input, clientException);
    const queue = this.#queue(request.jobQueue);
    const definition = this.#definitions.find(request.jobDefinition);
    if (!definition?.active) throw clientException(`JobDefinition ${request.jobDefinition} does not exist.`);
    checkSubmit(request, definition, queue);
    for (const { jobId, type } of request.dependsOn ?? []) {
      if (type !== undefined) throw notEmulated(`a dependency of type ${type}`);
      if (!this.all.some(({ parts }) => parts.id === jobId))
        throw clientException(`Job ${jobId} does not exist.`);
    }
    const id = randomUUID();
    const { region } = this.#settings;
    const parts = {
      id,
      arn: arn("batch", region, `job/${id}`),
      place: this.all.length,
      queue,
      definition,
      request,
      region,
    };
    const job = new Job(parts, this.#settings, () => this.#schedule());
    this.all.push(job);
    void this.#enqueue(job);
    return job;
  }

  /** As long as Batch would still tell of it. */
  find(id: string): Job | undefined {
    const job = this.all.find(({ parts }) => parts.id === id);
    return job && this.#visible(job) ? job : undefined;
  }

  list(input: unknown): Page<Job> {
    const request = readInput(listJobsRequest, input, clientException);
    const { jobQueue, arrayJobId, multiNodeJobId, jobStatus = "RUNNING", filters = [] } = request;
    if (arrayJobId !== undefined || multiNodeJobId !== undefined) throw notEmulated("a list of child jobs");
    // API reference, ListJobs: one of the three must be given.
    if (jobQueue === undefined) throw clientException("jobQueue must be given.");
    const queue = this.#queue(jobQueue);
    const [filter] = filters;
    // API reference, ListJobs, filters: jobStatus is then ignored, and jobs of every status are returned.
    const matches = filter ? jobFilter(filter.name, filter.values) : (job: Job) => job.status === jobStatus;
    const found = this.all
      .filter((job) => job.parts.queue === queue && this.#visible(job) && matches(job))
      .reverse();
    // Newest first; 100 a page with a filter, 1,000 without.
    const limit = Math.min(request.maxResults ?? 1000, filter ? 100 : 1000);
    const key = ({ parts }: Job) => String(999_999_999_999 - parts.place);
    return pageOf(found, key, limit, request.nextToken, clientException);
  }

  #queue(name: string): JobQueue {
    const queue = this.#queues.find(name);
    if (!queue) throw clientException(`JobQueue ${name} does not exist.`);
    return queue;
  }

  #visible({ createdAt, ended, stoppedAt = createdAt }: Job): boolean {
    const now = this.#clock.now();
    if (now - createdAt < this.#settings.visibilityDelayMs) return false;
    return !ended || now - stoppedAt < endedVisible;
  }

  async #enqueue(job: Job): Promise<void> {
    await pauseBetweenStates(this.#clock, this.#settings.transitionMs);
    if (!job.ended) job.status = "PENDING";
    this.#schedule();
  }

  #schedule(): void {
    for (const job of this.all) if (job.status === "PENDING") this.#release(job);
    for (const queue of this.#queues.all) this.#place(queue);
  }

  /** User guide, "Job dependencies": a job whose dependency fails, fails. */
  #release(job: Job): void {
    const dependencies = (job.parts.request.dependsOn ?? []).map(({ jobId }) =>
      this.all.find(({ parts }) => parts.id === jobId),
    );
    const failed = dependencies.some((dependency) => dependency?.status === "FAILED");
    if (!failed && dependencies.some((dependency) => dependency?.ended === false)) return;
    job.dependenciesEnded(!failed);
    // What depends on it may stand before it.
    if (job.ended) this.#schedule();
  }

  /** User guide, "Job scheduling": first in, first out; nothing overtakes the head of the queue. */
  #place(queue: JobQueue): void {
    for (const job of this.all) {
      if (job.status !== "RUNNABLE" || job.parts.queue !== queue) continue;
      const environment = queue.environments.find((candidate) => this.#hasRoom(candidate, job.vcpus));
      if (!environment) {
        if (queue.environments.every(({ maxvCpus }) => maxvCpus < job.vcpus)) job.statusReason = tooLarge;
        return;
      }
      void job.attempt(environment);
    }
  }

  #hasRoom(environment: ComputeEnvironment, vcpus: number): boolean {
    const used = this.all
      .filter(
        (job) => job.environment === environment && (job.status === "STARTING" || job.status === "RUNNING"),
      )
      .reduce((sum, job) => sum + job.vcpus, 0);
    return environment.enabled && used + vcpus <= environment.maxvCpus;
  }
}
