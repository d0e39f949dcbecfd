import {
  DescribeJobsCommand,
  type JobDetail,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  SubmitJobCommand,
  type SubmitJobCommandInput,
} from "@aws-sdk/client-batch";
import { GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { type TestBench, until } from "../test-support.ts";

export const sizes = [
  { type: "VCPU" as const, value: "0.25" },
  { type: "MEMORY" as const, value: "512" },
];
export const executionRoleArn = "arn:aws:iam::123456789012:role/execution";

export function single(
  text: string,
  more: Partial<RegisterJobDefinitionCommandInput> = {},
): RegisterJobDefinitionCommandInput {
  return {
    jobDefinitionName: "demo",
    type: "container",
    platformCapabilities: ["FARGATE"],
    containerProperties: {
      image: "busybox",
      command: ["sh", "-c", text],
      resourceRequirements: sizes,
      executionRoleArn,
    },
    ...more,
  };
}

export async function submit(
  { batch }: TestBench,
  definition: RegisterJobDefinitionCommandInput,
  more: Partial<SubmitJobCommandInput> = {},
): Promise<string> {
  const { jobDefinitionArn } = await batch.send(new RegisterJobDefinitionCommand(definition));
  const { jobId } = await batch.send(
    new SubmitJobCommand({ jobName: "one", jobQueue: "default", jobDefinition: jobDefinitionArn, ...more }),
  );
  return jobId ?? "";
}

export function untilJob(
  { batch }: TestBench,
  id: string,
  satisfied: (job: JobDetail) => boolean,
): Promise<JobDetail> {
  const ask = async () => {
    const [job] = (await batch.send(new DescribeJobsCommand({ jobs: [id] }))).jobs ?? [];
    if (!job) throw new Error(`no job ${id}`);
    return job;
  };
  return until(ask, satisfied);
}

export const ended = (bench: TestBench, id: string) =>
  untilJob(bench, id, ({ status }) => status === "SUCCEEDED" || status === "FAILED");

/** A running job that has written `ready`. */
export async function untilReady(bench: TestBench, id: string): Promise<void> {
  const job = await untilJob(bench, id, ({ status }) => status === "RUNNING");
  const logStreamName = job.container?.logStreamName;
  await until(
    () => bench.logs.send(new GetLogEventsCommand({ logGroupName: "/aws/batch/job", logStreamName })),
    ({ events }) => events?.some(({ message }) => message === "ready") ?? false,
  );
}
