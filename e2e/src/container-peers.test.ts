import {
  BatchClient,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  DescribeJobsCommand,
  type JobDetail,
  ListJobsCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
} from "@aws-sdk/client-batch";
import {
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import {
  type AwsServer,
  type DockerEngine,
  localbatchQueue,
  peerOrSkip,
  startDockerEngine,
  startLocalbatch,
  startMinistack,
  startMoto,
} from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

const docker = await peerOrSkip("docker");
const moto = await peerOrSkip("moto");
const ministack = await peerOrSkip("ministack");
const localbatch = await peerOrSkip("localbatch");

/** What every double gets to run: output, and an exit code that nothing produces by chance. */
const command = ["sh", "-c", "echo from a container; exit 7"];
const patience = { timeout: 120_000, interval: 250 };

describe.runIf(docker)("a Docker engine of its own", () => {
  let engine: DockerEngine;
  beforeAll(async () => {
    engine = await startDockerEngine();
  });
  afterAll(() => engine?.stop());

  const clientSettings = (server: AwsServer) => ({
    endpoint: server.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

  /** moto's compute environments want a role that exists; the header tells moto which service is meant. */
  async function createMotoRole(server: AwsServer): Promise<string> {
    const response = await fetch(server.endpoint, {
      method: "POST",
      headers: {
        authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request",
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "Action=CreateRole&Version=2010-05-08&RoleName=batch&AssumeRolePolicyDocument=%7B%7D",
    });
    const arn = /<Arn>(.+)<\/Arn>/.exec(await response.text())?.[1];
    expect(arn).toMatch(/^arn:aws:iam::\d+:role\/batch$/);
    return arn ?? "";
  }

  async function submitAndWait(batch: BatchClient, jobQueue: string): Promise<JobDetail> {
    const { jobDefinitionArn } = await batch.send(
      new RegisterJobDefinitionCommand({
        jobDefinitionName: "seven",
        type: "container",
        containerProperties: { image: engine.busyboxImage, command, vcpus: 1, memory: 64 },
      }),
    );
    const { jobId = "" } = await batch.send(
      new SubmitJobCommand({ jobName: "seven", jobQueue, jobDefinition: jobDefinitionArn }),
    );
    return vi.waitUntil(async () => {
      const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
      return jobs.find((job) => job.status === "SUCCEEDED" || job.status === "FAILED");
    }, patience);
  }

  it.runIf(localbatch)("runs a job of localbatch to its exit code", async () => {
    await using server = await startLocalbatch({ dockerHost: engine.host });
    const batch = new BatchClient(clientSettings(server));
    const job = await submitAndWait(batch, localbatchQueue);
    expect(job).toMatchObject({ status: "FAILED", container: { exitCode: 7 } });
  });

  it.runIf(moto)("runs a job of moto to its exit code", async () => {
    await using server = await startMoto({ dockerHost: engine.host });
    const batch = new BatchClient(clientSettings(server));
    await batch.send(
      new CreateComputeEnvironmentCommand({
        computeEnvironmentName: "all",
        type: "UNMANAGED",
        state: "ENABLED",
        serviceRole: await createMotoRole(server),
      }),
    );
    await batch.send(
      new CreateJobQueueCommand({
        jobQueueName: "all",
        priority: 1,
        state: "ENABLED",
        computeEnvironmentOrder: [{ order: 1, computeEnvironment: "all" }],
      }),
    );
    expect(await submitAndWait(batch, "all")).toMatchObject({ status: "FAILED" });
    // moto 5.2.5 shows exit codes in the summaries only.
    const { jobSummaryList } = await batch.send(
      new ListJobsCommand({ jobQueue: "all", jobStatus: "FAILED" }),
    );
    expect(jobSummaryList).toMatchObject([{ jobName: "seven", container: { exitCode: 7 } }]);
  });

  it.runIf(ministack)("runs a task of ministack to its exit code", async () => {
    await using server = await startMinistack({ dockerHost: engine.host });
    const ecs = new ECSClient(clientSettings(server));
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: "seven",
        requiresCompatibilities: ["FARGATE"],
        networkMode: "awsvpc",
        cpu: "256",
        memory: "512",
        containerDefinitions: [{ name: "main", image: engine.busyboxImage, command, essential: true }],
      }),
    );
    const { tasks: started = [] } = await ecs.send(
      new RunTaskCommand({
        taskDefinition: "seven",
        launchType: "FARGATE",
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
      }),
    );
    const arns = started.flatMap((task) => task.taskArn ?? []);
    expect(arns).toHaveLength(1);
    const task = await vi.waitUntil(async () => {
      const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ tasks: arns }));
      return tasks.find((task) => task.lastStatus === "STOPPED");
    }, patience);
    expect(task).toMatchObject({
      stopCode: "EssentialContainerExited",
      containers: [{ name: "main", exitCode: 7 }],
    });
  });
});
