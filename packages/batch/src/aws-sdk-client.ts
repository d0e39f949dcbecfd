import {
  BatchClient as BatchSdkClient,
  DescribeComputeEnvironmentsCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
  DescribeJobsCommand,
  ListJobsCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
  TerminateJobCommand,
} from "@aws-sdk/client-batch";
import { type AwsEndpoint, callAws } from "@vkubelet/aws";
import { ProviderError } from "@vkubelet/core";
import type { BatchClient } from "./client.ts";

/** {@link BatchClient} over the AWS SDK, with the SDK's default credentials. */
export function createBatchSdkClient(at: AwsEndpoint): BatchClient {
  const place = { region: at.region, ...(at.endpoint === undefined ? {} : { endpoint: at.endpoint }) };
  const reading = new BatchSdkClient(place);
  // SubmitJob knows no idempotency token: a repetition after a lost reply would be a second job.
  const creating = new BatchSdkClient({ ...place, maxAttempts: 1 });
  return {
    findJobDefinition: (name, signal) =>
      callAws(`looking for job definition ${name}`, signal, async () => {
        const command = new DescribeJobDefinitionsCommand({ jobDefinitionName: name, status: "ACTIVE" });
        const reply = await reading.send(command, { abortSignal: signal });
        return reply.jobDefinitions?.find(({ status }) => status === "ACTIVE")?.jobDefinitionArn;
      }),
    registerJobDefinition: (request, signal) =>
      callAws(`registering job definition ${request.jobDefinitionName}`, signal, async () => {
        await creating.send(new RegisterJobDefinitionCommand(request), { abortSignal: signal });
      }),
    submitJob: (request, signal) =>
      callAws(`submitting job ${request.jobName}`, signal, async () => {
        const { jobId } = await creating.send(new SubmitJobCommand(request), { abortSignal: signal });
        if (jobId === undefined) throw new ProviderError("Internal", "SubmitJob answered without a job id");
        return jobId;
      }),
    listJobs: (jobQueue, name, nextToken, signal) =>
      callAws(`listing the jobs of queue ${jobQueue}`, signal, async () => {
        const filters = [{ name: "JOB_NAME", values: [name] }];
        const reply = await reading.send(new ListJobsCommand({ jobQueue, filters, nextToken }), {
          abortSignal: signal,
        });
        const jobs = (reply.jobSummaryList ?? []).map((job) => ({
          id: job.jobId ?? "",
          name: job.jobName ?? "",
        }));
        return { jobs, nextToken: reply.nextToken ?? undefined };
      }),
    describeJobs: (ids, signal) =>
      callAws("describing jobs", signal, async () => {
        const reply = await reading.send(new DescribeJobsCommand({ jobs: [...ids] }), {
          abortSignal: signal,
        });
        return reply.jobs ?? [];
      }),
    terminateJob: (jobId, reason, signal) =>
      callAws(`terminating job ${jobId}`, signal, async () => {
        await reading.send(new TerminateJobCommand({ jobId, reason }), { abortSignal: signal });
      }),
    describeQueue: (queue, signal) =>
      callAws(`describing job queue ${queue}`, signal, async () => {
        const reply = await reading.send(new DescribeJobQueuesCommand({ jobQueues: [queue] }), {
          abortSignal: signal,
        });
        return reply.jobQueues?.find(
          ({ jobQueueName, jobQueueArn }) => jobQueueName === queue || jobQueueArn === queue,
        );
      }),
    describeComputeEnvironments: (names, signal) =>
      callAws("describing compute environments", signal, async () => {
        const command = new DescribeComputeEnvironmentsCommand({ computeEnvironments: [...names] });
        const reply = await reading.send(command, { abortSignal: signal });
        return reply.computeEnvironments ?? [];
      }),
    close: () => {
      reading.destroy();
      creating.destroy();
    },
  };
}
