import type { Service } from "../http/service.ts";
import { readInput } from "../request-input.ts";
import { clientException } from "../service-error.ts";
import { describeJob, summarizeJob } from "./describe-job.ts";
import { JobDefinitions } from "./job-definitions.ts";
import { type JobSettings, Jobs } from "./jobs.ts";
import { Queues } from "./queues.ts";
import { describeJobsRequest, endJobRequest } from "./schemas.ts";

/** How much runs at once on the default queue, in vCPUs. */
export interface BatchSettings extends JobSettings {
  readonly maxvCpus: number;
}

/** AWS Batch, as far as single jobs on ECS go. */
export class BatchService implements Service {
  readonly operations: Service["operations"];
  readonly jobs: Jobs;

  constructor(settings: BatchSettings) {
    const queues = new Queues(settings.region, settings.maxvCpus);
    const definitions = new JobDefinitions(settings.region);
    const jobs = new Jobs(settings, definitions, queues);
    this.jobs = jobs;
    this.operations = {
      CreateComputeEnvironment: (input) => queues.createEnvironment(input),
      DescribeComputeEnvironments: (input) => queues.describeEnvironments(input),
      CreateJobQueue: (input) => queues.createQueue(input),
      DescribeJobQueues: (input) => queues.describeQueues(input),
      RegisterJobDefinition: (input) => definitions.register(input),
      DeregisterJobDefinition: (input) => definitions.deregister(input),
      DescribeJobDefinitions: (input) => definitions.describe(input),
      SubmitJob: (input) => {
        const { parts } = jobs.submit(input);
        return { jobArn: parts.arn, jobId: parts.id, jobName: parts.request.jobName };
      },
      DescribeJobs: (input) => {
        const { jobs: ids } = readInput(describeJobsRequest, input, clientException);
        // Recorded answer of Batch: what it does not know is left out.
        return { jobs: ids.flatMap((id) => jobs.find(id) ?? []).map(describeJob) };
      },
      ListJobs: (input) => {
        const { items, nextToken } = jobs.list(input);
        return { jobSummaryList: items.map(summarizeJob), nextToken };
      },
      CancelJob: (input) => {
        const { jobId, reason } = readInput(endJobRequest, input, clientException);
        jobs.find(jobId)?.cancel(reason);
        return {};
      },
      TerminateJob: (input) => {
        const { jobId, reason } = readInput(endJobRequest, input, clientException);
        // API reference, TerminateJobs: unknown jobs count as ended; the single call is taken to do the same.
        jobs.find(jobId)?.terminate(reason);
        return {};
      },
    };
  }
}
