import type { ComputeEnvironmentDetail, JobDetail, JobQueueDetail, SubmitJobCommandInput } from "@aws-sdk/client-batch";
import { ProviderError } from "@vkubelet/core";
import type { BatchClient } from "../client.ts";

/** Batch in memory. Equal names make different jobs, as they do at AWS. */
export class FakeBatch implements BatchClient {
  readonly jobs: JobDetail[] = [];
  readonly definitions = new Set<string>();
  readonly calls: string[] = [];
  readonly submissions: SubmitJobCommandInput[] = [];
  pageSize = 100;
  /** Jobs that a listing does not show yet. */
  hidden = false;
  readonly failures = new Map<string, { readonly when: "before" | "after"; readonly error: unknown }>();
  queue: JobQueueDetail | undefined = {
    jobQueueName: "pods",
    jobQueueArn: "arn:queue",
    state: "ENABLED",
    status: "VALID",
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: "arn:ce" }],
  };
  environments: ComputeEnvironmentDetail[] = [
    {
      computeEnvironmentName: "ce",
      computeEnvironmentArn: "arn:ce",
      state: "ENABLED",
      computeResources: { type: "FARGATE", maxvCpus: 64, subnets: [] },
    },
  ];

  async #call<T>(name: string, effect: () => T): Promise<T> {
    this.calls.push(name);
    const failure = this.failures.get(name);
    this.failures.delete(name);
    if (failure?.when === "before") throw failure.error;
    const result = effect();
    if (failure?.when === "after") throw failure.error;
    return result;
  }

  findJobDefinition = (name: string) =>
    this.#call("findJobDefinition", () => (this.definitions.has(name) ? `arn:${name}:1` : undefined));

  registerJobDefinition = (request: { jobDefinitionName: string | undefined }) =>
    this.#call("registerJobDefinition", () => {
      this.definitions.add(request.jobDefinitionName ?? "");
    });

  submitJob = (request: SubmitJobCommandInput) =>
    this.#call("submitJob", () => {
      this.submissions.push(request);
      const jobId = `job-${this.jobs.length + 1}`;
      this.jobs.push({
        jobId,
        jobName: request.jobName,
        jobQueue: request.jobQueue,
        jobDefinition: request.jobDefinition,
        status: "SUBMITTED",
        startedAt: 0,
        createdAt: 1_700_000_000_000 + this.jobs.length,
        parameters: request.parameters,
      });
      return jobId;
    });

  listJobs = (_queue: string, name: string, token: string | undefined) =>
    this.#call("listJobs", () => {
      const prefix = name.replace(/\*$/, "");
      const found = this.hidden ? [] : this.jobs.filter(({ jobName }) => jobName?.startsWith(prefix));
      const start = Number(token ?? 0);
      const end = start + this.pageSize;
      return {
        jobs: found.slice(start, end).map((job) => ({ id: job.jobId ?? "", name: job.jobName ?? "" })),
        nextToken: end < found.length ? String(end) : undefined,
      };
    });

  describeJobs = (ids: readonly string[]) =>
    this.#call("describeJobs", () => {
      if (ids.length > 100) throw new ProviderError("InvalidInput", "too many jobs");
      return this.jobs.filter(({ jobId }) => ids.includes(jobId ?? ""));
    });

  terminateJob = (id: string, reason: string) =>
    this.#call("terminateJob", () => {
      const job = this.jobs.find(({ jobId }) => jobId === id);
      if (job) Object.assign(job, { status: "FAILED", statusReason: reason, isTerminated: true });
    });

  describeQueue = () => this.#call("describeQueue", () => this.queue);
  describeComputeEnvironments = () => this.#call("describeComputeEnvironments", () => this.environments);
  close = () => {};
}
