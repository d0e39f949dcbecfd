import {
  CreateClusterCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ExecuteCommandCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  StopTaskCommand,
  TagResourceCommand,
} from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import {
  definition,
  ended,
  ManualClock,
  runContainers,
  runInput,
  shell,
  testBench,
  untilTask,
} from "../test-support.ts";

const sleeper = shell("main", "exec sleep 1000");

describe("RegisterTaskDefinition", () => {
  it("makes revisions, which are described, listed and deregistered", async () => {
    await using bench = await testBench();
    const register = () => bench.ecs.send(new RegisterTaskDefinitionCommand(definition([sleeper])));
    await register();
    const second = (await register()).taskDefinition;
    expect(second).toMatchObject({ family: "demo", revision: 2, status: "ACTIVE", cpu: "256" });
    expect(second?.registeredAt).toBeInstanceOf(Date);
    const describe_ = async (taskDefinition: string) =>
      (await bench.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition;
    expect((await describe_("demo"))?.revision).toBe(2);
    await bench.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: "demo:2" }));
    expect((await describe_("demo"))?.revision).toBe(1);
    expect((await describe_("demo:2"))?.status).toBe("INACTIVE");
    const { taskDefinitionArns } = await bench.ecs.send(
      new ListTaskDefinitionsCommand({ familyPrefix: "demo" }),
    );
    expect(taskDefinitionArns).toEqual(["arn:aws:ecs:us-east-1:123456789012:task-definition/demo:1"]);
    await expect(describe_("nothing")).rejects.toMatchObject({
      name: "ClientException",
      message: "Unable to describe task definition.",
    });
  });

  const refused: readonly (readonly [string, RegisterTaskDefinitionCommandInput, RegExp])[] = [
    ["an impossible size", definition([sleeper], { memory: "4096" }), /No Fargate configuration/],
    [
      "more than ten containers",
      definition(Array.from({ length: 11 }, (_, index) => shell(`c${index}`, "true"))),
      /Too many containers/,
    ],
    ["more than 64 KiB", definition([shell("main", "x".repeat(65_536))]), /64 KiB/],
    ["no essential container", definition([{ ...sleeper, essential: false }]), /At least one container/],
    [
      "SUCCESS of an essential container",
      definition([
        sleeper,
        shell("b", "true", { dependsOn: [{ containerName: "main", condition: "SUCCESS" }] }),
      ]),
      /cannot be an essential container/,
    ],
    [
      "a cycle",
      definition([
        shell("a", "true", { dependsOn: [{ containerName: "b", condition: "START" }] }),
        shell("b", "true", { dependsOn: [{ containerName: "a", condition: "START" }] }),
      ]),
      /cycle/,
    ],
    [
      "memory that is not above memoryReservation",
      definition([{ ...sleeper, memory: 64, memoryReservation: 64 }]),
      /greater than 'memoryReservation'/,
    ],
    [
      "what the emulator cannot do",
      definition([{ ...sleeper, environmentFiles: [{ type: "s3", value: "arn" }] }]),
      /environmentFiles is not emulated/,
    ],
    ["stopTimeout above 120", definition([{ ...sleeper, stopTimeout: 121 }]), /stopTimeout/],
  ];
  it.each(refused)("refuses %s", async (_, input, message) => {
    await using bench = await testBench();
    await expect(bench.ecs.send(new RegisterTaskDefinitionCommand(input))).rejects.toMatchObject({
      name: "ClientException",
      message: expect.stringMatching(message),
    });
  });
});

describe("RunTask", () => {
  it("answers a token's second use with the first task, other parameters with a conflict", async () => {
    await using bench = await testBench();
    const first = await runContainers(bench, [sleeper]);
    const run = (more = {}) => bench.ecs.send(new RunTaskCommand(runInput({ clientToken: "t1", ...more })));
    const arn = (await run()).tasks?.[0]?.taskArn;
    expect(arn).not.toBe(first);
    expect((await run()).tasks?.[0]?.taskArn).toBe(arn);
    await expect(run({ startedBy: "other" })).rejects.toMatchObject({
      name: "ConflictException",
      resourceIds: [arn],
    });
    expect(bench.emulator.counts().tasks).toHaveLength(2);
  });

  it("forgets a token an hour after its task has ended", async () => {
    const clock = new ManualClock();
    await using bench = await testBench({ clock });
    await runContainers(bench, [shell("main", "exit 0")]);
    const run = async () =>
      (await bench.ecs.send(new RunTaskCommand(runInput({ clientToken: "t1" })))).tasks?.[0]?.taskArn ?? "";
    const arn = await run();
    await ended(bench, arn);
    clock.advance(3_599_999);
    expect(await run()).toBe(arn);
    clock.advance(1);
    expect(await run()).not.toBe(arn);
  });

  it("forgets the token of a running task after 24 hours", async () => {
    const clock = new ManualClock();
    await using bench = await testBench({ clock });
    await runContainers(bench, [sleeper]);
    const run = async () =>
      (await bench.ecs.send(new RunTaskCommand(runInput({ clientToken: "t1" })))).tasks?.[0]?.taskArn;
    const arn = await run();
    clock.advance(24 * 3_600_000 - 1);
    expect(await run()).toBe(arn);
    clock.advance(1);
    expect(await run()).not.toBe(arn);
  });

  it("keeps startedBy, overrides, tags and count; StopTask deletes the tags", async () => {
    await using bench = await testBench();
    await runContainers(bench, [shell("main", "exit 0")]);
    const overrides = {
      containerOverrides: [
        { name: "main", command: ["sh", "-c", 'exit "$CODE"'], environment: [{ name: "CODE", value: "5" }] },
      ],
    };
    const tags = [{ key: "pod", value: "one" }];
    const { tasks = [] } = await bench.ecs.send(
      new RunTaskCommand(runInput({ startedBy: "vk/n/1", overrides, tags, count: 2 })),
    );
    expect(tasks).toHaveLength(2);
    const arn = tasks[0]?.taskArn ?? "";
    const task = await ended(bench, arn);
    expect(task).toMatchObject({ startedBy: "vk/n/1", tags, overrides });
    expect(task.containers?.[0]?.exitCode).toBe(5);
    await bench.ecs.send(new TagResourceCommand({ resourceArn: arn, tags: [{ key: "more", value: "2" }] }));
    expect((await untilTask(bench, arn, () => true)).tags).toHaveLength(2);
    await bench.ecs.send(new StopTaskCommand({ task: arn }));
    expect((await untilTask(bench, arn, () => true)).tags).toEqual([]);
  });

  it("refuses as ECS does", async () => {
    await using bench = await testBench();
    await runContainers(bench, [sleeper]);
    const refusal = (more: object) =>
      bench.ecs.send(new RunTaskCommand(runInput(more))).then(
        () => "accepted",
        (error: Error) => `${error.name}: ${error.message}`,
      );
    expect(await refusal({ cluster: "nowhere" })).toBe("ClusterNotFoundException: Cluster not found.");
    expect(await refusal({ taskDefinition: "nothing" })).toBe("ClientException: TaskDefinition not found.");
    expect(await refusal({ networkConfiguration: {} })).toMatch(/^InvalidParameterException: Network Conf/);
    expect(await refusal({ count: 11 })).toMatch(/^InvalidParameterException: count/);
    expect(await refusal({ launchType: undefined })).toMatch(/No Container Instances/);
    expect(await refusal({ platformVersion: "9" })).toMatch(/^PlatformUnknownException/);
    expect(await refusal({ enableExecuteCommand: true })).toMatch(/^ClientException: .*not emulated/);
    const command = ["x".repeat(8192)];
    expect(await refusal({ overrides: { containerOverrides: [{ name: "main", command }] } })).toMatch(
      /at most 8192/,
    );
    expect(await refusal({ overrides: { containerOverrides: [{ name: "no" }] } })).toMatch(
      /not a container in/,
    );
    expect(bench.emulator.counts().tasks).toHaveLength(1);
  });
});

describe("ListTasks and DescribeTasks", () => {
  it("filter and page", async () => {
    await using bench = await testBench();
    const first = await runContainers(bench, [sleeper]);
    const { tasks = [] } = await bench.ecs.send(new RunTaskCommand(runInput({ startedBy: "me", count: 2 })));
    const [second = "", third = ""] = tasks.map(({ taskArn = "" }) => taskArn);
    const list = (input: object) => bench.ecs.send(new ListTasksCommand(input));
    const page = await list({ maxResults: 2 });
    expect(page.taskArns).toEqual([first, second]);
    expect((await list({ maxResults: 2, nextToken: page.nextToken })).taskArns).toEqual([third]);
    expect((await list({ startedBy: "me" })).taskArns).toEqual([second, third]);
    expect((await list({ family: "other" })).taskArns).toEqual([]);
    expect((await list({ desiredStatus: "PENDING" })).taskArns).toEqual([]);
    await bench.ecs.send(new StopTaskCommand({ task: second }));
    expect((await list({ desiredStatus: "STOPPED" })).taskArns).toEqual([second]);
    await expect(list({ startedBy: "me", desiredStatus: "STOPPED" })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });

  it("say MISSING, and take 100 tasks at most", async () => {
    await using bench = await testBench();
    const describe_ = (tasks: string[]) => bench.ecs.send(new DescribeTasksCommand({ tasks }));
    expect((await describe_(["0123"])).failures).toEqual([
      { arn: "arn:aws:ecs:us-east-1:123456789012:task/default/0123", reason: "MISSING" },
    ]);
    await expect(describe_(Array.from({ length: 101 }, String))).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await expect(bench.ecs.send(new StopTaskCommand({ task: "0123" }))).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "The referenced task was not found.",
    });
  });

  it("do not know a new task before visibilityDelayMs", async () => {
    const clock = new ManualClock();
    await using bench = await testBench({ clock, visibilityDelayMs: 1000 });
    const arn = await runContainers(bench, [sleeper]);
    expect((await bench.ecs.send(new ListTasksCommand({}))).taskArns).toEqual([]);
    expect((await bench.ecs.send(new DescribeTasksCommand({ tasks: [arn] }))).failures).toHaveLength(1);
    clock.advance(1000);
    expect((await bench.ecs.send(new ListTasksCommand({}))).taskArns).toEqual([arn]);
  });
});

describe("faults", () => {
  it("refuse a call, lose a reply, or report a failure", async () => {
    await using bench = await testBench();
    await runContainers(bench, [sleeper]);
    const run = () => bench.ecs.send(new RunTaskCommand(runInput({ clientToken: "t" })));
    bench.emulator.failNext("RunTask", {
      type: "ThrottlingException",
      status: 400,
      message: "Rate exceeded",
    });
    await expect(run()).rejects.toMatchObject({ name: "ThrottlingException", message: "Rate exceeded" });
    expect(bench.emulator.counts().tasks).toHaveLength(1);
    bench.emulator.failNext("RunTask", { lostReply: true });
    await expect(run()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(bench.emulator.counts().tasks).toHaveLength(2);
    expect((await run()).tasks?.[0]?.taskArn).toBe(bench.emulator.counts().tasks[1]?.taskArn);
    bench.emulator.failNext("RunTask", { failure: { reason: "Capacity is unavailable at this time." } });
    const reply = await bench.ecs.send(new RunTaskCommand(runInput()));
    expect(reply.tasks).toEqual([]);
    expect(reply.failures).toEqual([{ reason: "Capacity is unavailable at this time." }]);
  });

  it("hang where the test wants it, without effect, until the client gives up", async () => {
    await using bench = await testBench();
    await runContainers(bench, [sleeper]);
    const { met } = bench.emulator.failNext("RunTask", { hang: true });
    const abort = new AbortController();
    const running = bench.ecs.send(new RunTaskCommand(runInput()), { abortSignal: abort.signal });
    const outcome = expect(running).rejects.toMatchObject({ name: "AbortError" });
    await met;
    abort.abort();
    await outcome;
    expect(bench.emulator.counts().tasks).toHaveLength(1);
  });
});

describe("clusters and what is not there", () => {
  it("are created once and described", async () => {
    await using bench = await testBench();
    await bench.ecs.send(new CreateClusterCommand({ clusterName: "c" }));
    const { clusters, failures } = await bench.ecs.send(
      new DescribeClustersCommand({ clusters: ["c", "default", "no"] }),
    );
    expect(clusters?.map(({ status }) => status)).toEqual(["ACTIVE", "ACTIVE"]);
    expect(failures).toMatchObject([{ reason: "MISSING" }]);
  });

  it("answers an operation that is not emulated with an error", async () => {
    await using bench = await testBench();
    const call = bench.ecs.send(new ExecuteCommandCommand({ task: "t", command: "ls", interactive: true }));
    await expect(call).rejects.toMatchObject({
      name: "UnknownOperationException",
      message: "operation ExecuteCommand is not emulated by @vkubelet/aws-emulator",
    });
  });
});
