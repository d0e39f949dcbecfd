import { GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { describe, expect, it } from "vitest";
import { ManualClock, testBench } from "../test-support.ts";
import { ended, executionRoleArn, single, sizes, submit, untilReady } from "./batch-test-support.ts";

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
