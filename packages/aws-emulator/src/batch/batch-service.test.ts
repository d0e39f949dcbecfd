import {
  CancelJobCommand,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  DescribeComputeEnvironmentsCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
  DescribeJobsCommand,
  type JobDetail,
  ListJobsCommand,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  SubmitJobCommand,
  type SubmitJobCommandInput,
  SubmitServiceJobCommand,
  TerminateJobCommand,
} from "@aws-sdk/client-batch";
import { GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { describe, expect, it } from "vitest";
import { ManualClock, type TestBench, testBench, until } from "../test-support.ts";

const sizes = [
  { type: "VCPU" as const, value: "0.25" },
  { type: "MEMORY" as const, value: "512" },
];
const executionRoleArn = "arn:aws:iam::123456789012:role/execution";

function single(
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

async function submit(
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

function untilJob(
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

const ended = (bench: TestBench, id: string) =>
  untilJob(bench, id, ({ status }) => status === "SUCCEEDED" || status === "FAILED");

/** A running job that has written `ready`. */
async function untilReady(bench: TestBench, id: string): Promise<void> {
  const job = await untilJob(bench, id, ({ status }) => status === "RUNNING");
  const logStreamName = job.container?.logStreamName;
  await until(
    () => bench.logs.send(new GetLogEventsCommand({ logGroupName: "/aws/batch/job", logStreamName })),
    ({ events }) => events?.some(({ message }) => message === "ready") ?? false,
  );
}

describe("jobs", () => {
  it("run a command and succeed, with output under /aws/batch/job", async () => {
    await using bench = await testBench();
    const id = await submit(bench, single('echo "hello Ref::who $AWS_BATCH_JOB_ATTEMPT"'), {
      parameters: { who: "you" },
      tags: { pod: "one" },
    });
    const job = await ended(bench, id);
    expect(job).toMatchObject({
      status: "SUCCEEDED",
      statusReason: "Essential container in task exited",
      jobName: "one",
      tags: { pod: "one" },
      parameters: { who: "you" },
      attempts: [{ container: { exitCode: 0 } }],
    });
    expect(job.container?.exitCode).toBe(0);
    expect(job.container?.taskArn).toMatch(/:task\/AWSBatch-default-/);
    const { events } = await bench.logs.send(
      new GetLogEventsCommand({
        logGroupName: "/aws/batch/job",
        logStreamName: job.container?.logStreamName,
        startFromHead: true,
      }),
    );
    expect(events?.map(({ message }) => message)).toEqual(["hello you 1"]);
  });

  it("take overrides of command, environment and size", async () => {
    await using bench = await testBench();
    const id = await submit(bench, single("exit 1"), {
      containerOverrides: {
        command: ["sh", "-c", 'exit "$CODE"'],
        environment: [{ name: "CODE", value: "6" }],
        resourceRequirements: [{ type: "MEMORY", value: "1024" }],
      },
    });
    const job = await ended(bench, id);
    expect(job).toMatchObject({ status: "FAILED", container: { exitCode: 6 } });
    expect(job.container?.resourceRequirements).toContainEqual({ type: "MEMORY", value: "1024" });
  });

  it("are tried again, with evaluateOnExit deciding", async () => {
    await using bench = await testBench();
    const retryStrategy = {
      attempts: 5,
      evaluateOnExit: [
        { onExitCode: "1", action: "RETRY" as const },
        { onReason: "*", action: "EXIT" as const },
      ],
    };
    const id = await submit(bench, single('exit "$AWS_BATCH_JOB_ATTEMPT"'), { retryStrategy });
    const job = await ended(bench, id);
    expect(job.attempts?.map(({ container }) => container?.exitCode)).toEqual([1, 2]);
    expect(job.attempts?.[0]?.container?.logStreamName).not.toBe(job.attempts?.[1]?.container?.logStreamName);
    expect(bench.emulator.counts().jobs).toMatchObject([{ jobId: id, jobName: "one", attempts: 2 }]);
    const plain = await ended(
      bench,
      await submit(bench, single("exit 9"), { retryStrategy: { attempts: 2 } }),
    );
    expect(plain.attempts).toHaveLength(2);
  });

  it("fail to start with the reason of the container", async () => {
    await using bench = await testBench();
    const containerProperties = { image: "missing.invalid/a", resourceRequirements: sizes, executionRoleArn };
    const job = await ended(bench, await submit(bench, single("", { containerProperties })));
    expect(job).toMatchObject({ status: "FAILED", statusReason: "Task failed to start" });
    expect(job.container?.reason).toMatch(/^CannotPullContainerError/);
    expect(job.container?.exitCode).toBeUndefined();
  });

  it("of several containers run init containers first and tell of each", async () => {
    await using bench = await testBench();
    const container = (name: string, text: string) => ({
      name,
      image: "busybox",
      command: ["sh", "-c", text],
      resourceRequirements: sizes,
    });
    const id = await submit(bench, {
      jobDefinitionName: "many",
      type: "container",
      platformCapabilities: ["FARGATE"],
      ecsProperties: {
        taskProperties: [
          {
            executionRoleArn,
            containers: [
              { ...container("init", "exit 0"), essential: false },
              {
                ...container("main", "exit 3"),
                dependsOn: [{ containerName: "init", condition: "SUCCESS" }],
              },
            ],
          },
        ],
      },
    });
    const job = await ended(bench, id);
    expect(job.status).toBe("FAILED");
    expect(job.container).toBeUndefined();
    expect(job.ecsProperties?.taskProperties?.[0]?.containers).toMatchObject([
      { name: "init", exitCode: 0 },
      { name: "main", exitCode: 3 },
    ]);
    expect(job.attempts?.[0]?.taskProperties?.[0]?.containers).toMatchObject([
      { name: "init", exitCode: 0, logStreamName: expect.stringMatching(/^many\/init\//) },
      { name: "main", exitCode: 3 },
    ]);
  });

  it("stop at their timeout and are not tried again", async () => {
    const clock = new ManualClock();
    await using bench = await testBench({ clock });
    const id = await submit(bench, single("echo ready; exec sleep 1000"), {
      timeout: { attemptDurationSeconds: 60 },
      retryStrategy: { attempts: 3 },
    });
    await untilReady(bench, id);
    clock.advance(60_000);
    const job = await ended(bench, id);
    expect(job).toMatchObject({ status: "FAILED", statusReason: "Job attempt duration exceeded timeout" });
    expect(job.attempts).toHaveLength(1);
  });
});

describe("the queue", () => {
  it("keeps jobs RUNNABLE beyond maxvCpus, in order, and cancels or terminates them", async () => {
    await using bench = await testBench({ batchVcpus: 1 });
    const definition = single("", {
      containerProperties: {
        image: "busybox",
        command: ["sh", "-c", "echo ready; exec sleep 1000"],
        executionRoleArn,
        resourceRequirements: [
          { type: "VCPU", value: "1" },
          { type: "MEMORY", value: "2048" },
        ],
      },
    });
    const first = await submit(bench, definition);
    await untilReady(bench, first);
    const second = await submit(bench, definition, { jobName: "two" });
    const third = await submit(bench, definition, { jobName: "three" });
    const fourth = await submit(bench, definition, { dependsOn: [{ jobId: third }] });
    await untilJob(bench, third, ({ status }) => status === "RUNNABLE");
    await untilJob(bench, fourth, ({ status }) => status === "PENDING");
    expect((await untilJob(bench, second, () => true)).status).toBe("RUNNABLE");
    await bench.batch.send(new CancelJobCommand({ jobId: second, reason: "not needed" }));
    expect(await ended(bench, second)).toMatchObject({
      status: "FAILED",
      statusReason: "not needed",
      isCancelled: true,
      attempts: [],
    });
    await bench.batch.send(new CancelJobCommand({ jobId: first, reason: "too late" }));
    expect((await untilJob(bench, first, () => true)).status).toBe("RUNNING");
    await bench.batch.send(new TerminateJobCommand({ jobId: first, reason: "deleted" }));
    expect(await ended(bench, first)).toMatchObject({
      status: "FAILED",
      statusReason: "deleted",
      isTerminated: true,
      container: { exitCode: 143 },
    });
    await untilReady(bench, third);
    await bench.batch.send(new TerminateJobCommand({ jobId: third, reason: "deleted" }));
    expect(await ended(bench, fourth)).toMatchObject({
      status: "FAILED",
      statusReason: "Dependent Job failed",
    });
  });

  it("says at its head what no environment can take", async () => {
    await using bench = await testBench();
    await bench.batch.send(
      new CreateComputeEnvironmentCommand({
        computeEnvironmentName: "small",
        type: "MANAGED",
        computeResources: { type: "FARGATE", maxvCpus: 1, subnets: ["s"] },
      }),
    );
    await bench.batch.send(
      new CreateJobQueueCommand({
        jobQueueName: "small",
        priority: 1,
        computeEnvironmentOrder: [{ order: 1, computeEnvironment: "small" }],
      }),
    );
    const resourceRequirements = [
      { type: "VCPU" as const, value: "2" },
      { type: "MEMORY" as const, value: "4096" },
    ];
    const id = await submit(bench, single("exit 0"), {
      jobQueue: "small",
      containerOverrides: { resourceRequirements },
    });
    const job = await untilJob(bench, id, ({ statusReason }) => statusReason !== undefined);
    expect(job.status).toBe("RUNNABLE");
    expect(job.statusReason).toMatch(/^MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - /);
  });

  it("and its environment are there by default", async () => {
    await using bench = await testBench();
    const { jobQueues } = await bench.batch.send(new DescribeJobQueuesCommand({}));
    expect(jobQueues).toMatchObject([{ jobQueueName: "default", state: "ENABLED", status: "VALID" }]);
    const { computeEnvironments } = await bench.batch.send(new DescribeComputeEnvironmentsCommand({}));
    expect(computeEnvironments).toMatchObject([
      { computeEnvironmentName: "default", computeResources: { type: "FARGATE", maxvCpus: 16 } },
    ]);
  });
});

describe("ListJobs", () => {
  it("lists RUNNING by default, and with a filter every status, newest first, page by page", async () => {
    await using bench = await testBench();
    const ids: string[] = [];
    for (const jobName of ["vk-a", "vk-b", "other"])
      ids.push(await submit(bench, single("exit 0"), { jobName }));
    for (const id of ids) await ended(bench, id);
    const list = async (more: object) => {
      const reply = await bench.batch.send(new ListJobsCommand({ jobQueue: "default", ...more }));
      return { names: reply.jobSummaryList?.map(({ jobName }) => jobName), nextToken: reply.nextToken };
    };
    expect((await list({})).names).toEqual([]);
    const named = (...values: string[]) => ({ filters: [{ name: "JOB_NAME", values }] });
    expect((await list(named("VK-*"))).names).toEqual(["vk-b", "vk-a"]);
    expect((await list(named("vk-a"))).names).toEqual(["vk-a"]);
    const page = await list({ ...named("*"), maxResults: 2 });
    expect(page.names).toEqual(["other", "vk-b"]);
    expect((await list({ ...named("*"), nextToken: page.nextToken })).names).toEqual(["vk-a"]);
    expect((await list({ jobStatus: "SUCCEEDED" })).names).toHaveLength(3);
    await expect(bench.batch.send(new ListJobsCommand({}))).rejects.toMatchObject({
      name: "ClientException",
    });
  });
});

describe("job definitions", () => {
  it("have revisions", async () => {
    await using bench = await testBench();
    await bench.batch.send(new RegisterJobDefinitionCommand(single("exit 0")));
    await bench.batch.send(new RegisterJobDefinitionCommand(single("exit 0")));
    const found = async (more: object) => {
      const { jobDefinitions } = await bench.batch.send(new DescribeJobDefinitionsCommand(more));
      return jobDefinitions?.map(({ revision }) => revision);
    };
    expect(await found({ jobDefinitionName: "demo", status: "ACTIVE" })).toEqual([1, 2]);
    expect(await found({ jobDefinitions: ["demo:2"] })).toEqual([2]);
  });

  it("and jobs are refused as Batch refuses them", async () => {
    await using bench = await testBench();
    const refusal = (definition: RegisterJobDefinitionCommandInput, more = {}) =>
      submit(bench, definition, more).then(
        () => "accepted",
        (error: Error) => `${error.name}: ${error.message}`,
      );
    const withoutSize = { image: "a", executionRoleArn };
    expect(await refusal(single("", { containerProperties: withoutSize }))).toMatch(/VCPU and MEMORY/);
    const wrong = {
      ...withoutSize,
      resourceRequirements: [sizes[0], { type: "MEMORY" as const, value: "600" }],
    };
    expect(await refusal(single("", { containerProperties: wrong as never }))).toMatch(
      /no size of 0.25 vCPU/,
    );
    expect(await refusal(single("", { platformCapabilities: ["EC2"] }))).toMatch(/platform capability EC2/);
    expect(await refusal(single(""), { jobQueue: "none" })).toBe(
      "ClientException: JobQueue none does not exist.",
    );
    expect(await refusal(single(""), { jobName: "a.b" })).toMatch(/^ClientException: jobName/);
    expect(await refusal(single(""), { arrayProperties: { size: 2 } })).toMatch(
      /arrayProperties is not emulated/,
    );
    const command = ["x".repeat(8192)];
    expect(await refusal(single(""), { containerOverrides: { command } })).toMatch(/at most 8192/);
    expect(bench.emulator.counts().jobs).toEqual([]);
  });
});

describe("failures", () => {
  it("lose a reply after the job was submitted", async () => {
    await using bench = await testBench();
    bench.emulator.failNext("SubmitJob", { lostReply: true });
    await expect(submit(bench, single("exit 0"))).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(bench.emulator.counts().jobs).toHaveLength(1);
    bench.emulator.failNext("SubmitJob", { type: "TooManyRequestsException", status: 429 });
    await expect(submit(bench, single("exit 0"))).rejects.toMatchObject({ name: "TooManyRequestsException" });
    expect(bench.emulator.counts().jobs).toHaveLength(1);
  });

  it("answer an operation that is not emulated with an error", async () => {
    await using bench = await testBench();
    const call = new SubmitServiceJobCommand({
      jobName: "a",
      jobQueue: "q",
      serviceRequestPayload: "{}",
      serviceJobType: "SAGEMAKER_TRAINING",
    });
    await expect(bench.batch.send(call)).rejects.toMatchObject({ name: "UnknownOperationException" });
  });
});
