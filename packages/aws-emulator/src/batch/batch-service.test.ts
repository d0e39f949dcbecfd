import {
  CancelJobCommand,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  DescribeComputeEnvironmentsCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
  ListJobsCommand,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  SubmitServiceJobCommand,
  TerminateJobCommand,
} from "@aws-sdk/client-batch";
import { describe, expect, it } from "vitest";
import { testBench } from "../test-support.ts";
import {
  ended,
  executionRoleArn,
  single,
  sizes,
  submit,
  untilJob,
  untilReady,
} from "./batch-test-support.ts";

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
    const { containerProperties } = single("");
    const environment = [{ name: "A", value: "x".repeat(8000) }];
    const below = single("", { containerProperties: { ...containerProperties, environment } });
    const above = { environment: [{ name: "B", value: "x".repeat(200) }] };
    expect(await refusal(below, { containerOverrides: above })).toMatch(/at most 8192/);
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
