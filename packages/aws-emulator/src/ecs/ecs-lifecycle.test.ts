import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTasksCommand, ListTasksCommand, StopTaskCommand } from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import {
  ended,
  ManualClock,
  messages,
  runContainers,
  runUntilReady,
  shell,
  testBench,
  toLogs,
  until,
  untilTask,
} from "../test-support.ts";

describe("ECS tasks", () => {
  it("run a command as a process and tell its exit code", async () => {
    await using bench = await testBench();
    const arn = await runContainers(bench, [shell("main", "exit 3")]);
    const task = await ended(bench, arn);
    expect(task).toMatchObject({
      desiredStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      launchType: "FARGATE",
    });
    expect(task.containers).toMatchObject([{ name: "main", lastStatus: "STOPPED", exitCode: 3 }]);
    expect(task.startedAt).toBeInstanceOf(Date);
    expect(task.attachments?.[0]?.details).toContainEqual({
      name: "privateIPv4Address",
      value: "10.0.0.10",
    });
  });

  it("are RUNNING while the process runs, and StopTask ends it with SIGTERM", async () => {
    await using bench = await testBench();
    const script = "trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done";
    const arn = await runUntilReady(bench, shell("main", script));
    const reply = await bench.ecs.send(new StopTaskCommand({ task: arn, reason: "enough" }));
    expect(reply.task?.desiredStatus).toBe("STOPPED");
    const task = await ended(bench, arn);
    expect(task).toMatchObject({ stopCode: "UserInitiated", stoppedReason: "enough" });
    expect(task.containers?.[0]?.exitCode).toBe(7);
  });

  it("are killed when stopTimeout has passed", async () => {
    const clock = new ManualClock();
    await using bench = await testBench({ clock });
    const script = "trap '' TERM; echo ready; while :; do sleep 0.01; done";
    const arn = await runUntilReady(bench, shell("main", script, { stopTimeout: 5 }));
    await bench.ecs.send(new StopTaskCommand({ task: arn }));
    const stopping = await untilTask(bench, arn, ({ lastStatus }) => lastStatus === "STOPPING");
    expect(stopping).toMatchObject({ stoppedReason: "Task stopped by user", stopCode: "UserInitiated" });
    clock.advance(4999);
    expect((await untilTask(bench, arn, () => true)).lastStatus).toBe("STOPPING");
    clock.advance(1);
    expect((await ended(bench, arn)).containers?.[0]?.exitCode).toBe(137);
  });

  it("start containers in the order of dependsOn", async () => {
    await using bench = await testBench();
    const arn = await runContainers(bench, [
      shell("app", "exit 0", { dependsOn: [{ containerName: "init", condition: "SUCCESS" }] }),
      shell("init", "sleep 0.05", { essential: false }),
    ]);
    const waiting = await untilTask(
      bench,
      arn,
      ({ containers }) => containers?.[1]?.lastStatus !== "PENDING",
    );
    if (waiting.containers?.[1]?.lastStatus === "RUNNING") {
      expect(waiting.lastStatus).toBe("PENDING");
      expect(waiting.containers?.[0]?.lastStatus).toBe("PENDING");
    }
    const task = await ended(bench, arn);
    expect(task.containers?.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  });

  it("stop when a dependency fails, and the dependant never runs", async () => {
    await using bench = await testBench();
    const arn = await runContainers(bench, [
      shell("init", "exit 1", { essential: false }),
      shell("app", "exit 0", { dependsOn: [{ containerName: "init", condition: "SUCCESS" }] }),
    ]);
    const task = await ended(bench, arn);
    expect(task.stopCode).toBe("TaskFailedToStart");
    expect(task.containers?.map(({ exitCode }) => exitCode)).toEqual([1, undefined]);
    expect(bench.emulator.counts().tasks[0]?.starts).toEqual({ init: 1, app: 0 });
  });

  it("end with the first essential container, whose end stops the others", async () => {
    await using bench = await testBench();
    const arn = await runContainers(bench, [
      shell("main", "exit 0", { dependsOn: [{ containerName: "side", condition: "START" }] }),
      shell("side", "exec sleep 1000", { essential: false }),
    ]);
    const task = await ended(bench, arn);
    expect(task.containers?.map(({ exitCode }) => exitCode)).toEqual([0, 143]);
  });

  it("stop dependants before what they depend on", async () => {
    await using bench = await testBench();
    const say = (name: string) =>
      `trap 'echo end ${name}; exit 0' TERM; echo ready; while :; do sleep 0.01; done`;
    const app = shell("app", say("app"), {
      dependsOn: [{ containerName: "db", condition: "START" }],
      logConfiguration: toLogs,
    });
    const arn = await runUntilReady(bench, shell("db", say("db")), [app]);
    await until(
      () => messages(bench, arn, "app"),
      (lines) => lines.includes("ready"),
    );
    await bench.ecs.send(new StopTaskCommand({ task: arn }));
    await ended(bench, arn);
    const { events } = await bench.logs.send(
      new FilterLogEventsCommand({ logGroupName: "demo", filterPattern: "end" }),
    );
    expect(events?.map(({ message }) => message)).toEqual(["end app", "end db"]);
  });

  it("become HEALTHY, which lets dependants start", async () => {
    const clock = new ManualClock();
    await using bench = await testBench({ clock });
    const healthCheck = { command: ["CMD", "true"], interval: 5 };
    const arn = await runContainers(bench, [
      shell("db", "exec sleep 1000", { healthCheck }),
      shell("app", "exec sleep 1000", { dependsOn: [{ containerName: "db", condition: "HEALTHY" }] }),
    ]);
    await untilTask(bench, arn, ({ containers }) => containers?.[0]?.lastStatus === "RUNNING");
    clock.advance(5000);
    const task = await untilTask(bench, arn, ({ lastStatus }) => lastStatus === "RUNNING");
    expect(task.healthStatus).toBe("HEALTHY");
  });

  it("stop when a dependency does not reach its condition within startTimeout", async () => {
    const clock = new ManualClock();
    await using bench = await testBench({ clock });
    const arn = await runContainers(bench, [
      shell("init", "exec sleep 1000", { essential: false, startTimeout: 10 }),
      shell("app", "exit 0", { dependsOn: [{ containerName: "init", condition: "SUCCESS" }] }),
    ]);
    await untilTask(bench, arn, ({ containers }) => containers?.[0]?.lastStatus === "RUNNING");
    clock.advance(10_000);
    const task = await ended(bench, arn);
    expect(task).toMatchObject({ stopCode: "TaskFailedToStart", stoppedReason: "Task failed to start" });
    expect(task.containers?.map(({ exitCode }) => exitCode)).toEqual([143, undefined]);
  });

  it("wait for HEALTHY and become UNHEALTHY by the health check", async () => {
    const clock = new ManualClock();
    await using bench = await testBench({ clock });
    const healthCheck = { command: ["CMD-SHELL", "test -e ok"], interval: 5, retries: 1 };
    const arn = await runContainers(bench, [
      shell("db", "exec sleep 1000", { healthCheck }),
      shell("app", "exec sleep 1000", { dependsOn: [{ containerName: "db", condition: "HEALTHY" }] }),
    ]);
    await untilTask(bench, arn, ({ containers }) => containers?.[0]?.lastStatus === "RUNNING");
    clock.advance(5000);
    const sick = await untilTask(bench, arn, ({ healthStatus }) => healthStatus === "UNHEALTHY");
    expect(sick.containers?.[1]?.lastStatus).toBe("PENDING");
    expect(sick.lastStatus).toBe("PENDING");
  });

  it("restart by restartPolicy only after restartAttemptPeriod", async () => {
    const clock = new ManualClock();
    await using bench = await testBench({ clock });
    const restartPolicy = { enabled: true, restartAttemptPeriod: 60 };
    // Two runs end when the container `gate` says so; the second has not run for long enough.
    const script = "echo ready; while ! mv ../gate/open . 2>/dev/null; do sleep 0.01; done; rm open; exit 4";
    const gate = shell("gate", "trap ': >open' USR1; echo $$; while :; do sleep 0.01; done", {
      essential: false,
      logConfiguration: toLogs,
    });
    const arn = await runUntilReady(bench, shell("main", script, { restartPolicy }), [gate]);
    const [pid] = await until(
      () => messages(bench, arn, "gate"),
      (lines) => lines.length > 0,
    );
    clock.advance(60_000);
    process.kill(Number(pid), "SIGUSR1");
    await until(
      () => messages(bench, arn),
      (lines) => lines.length === 2,
    );
    clock.advance(59_999);
    process.kill(Number(pid), "SIGUSR1");
    const task = await ended(bench, arn);
    expect(task.containers?.[0]?.exitCode).toBe(4);
    expect(bench.emulator.counts().tasks[0]?.starts).toEqual({ main: 2, gate: 1 });
  });

  it("fail to start without an image", async () => {
    await using bench = await testBench({
      images: (image) => (image === "known" ? { command: ["true"] } : undefined),
    });
    const arn = await runContainers(bench, [
      { name: "main", image: "missing.invalid/nothing:1", command: ["true"] },
    ]);
    const task = await ended(bench, arn);
    expect(task.stopCode).toBe("TaskFailedToStart");
    expect(task.stoppedReason).toMatch(/^CannotPullContainerError: /);
    expect(task.containers?.[0]?.reason).toMatch(/^CannotPullContainerError: /);
    expect(task.containers?.[0]?.exitCode).toBeUndefined();
    const known = await ended(bench, await runContainers(bench, [{ name: "main", image: "known" }]));
    expect(known.containers?.[0]?.exitCode).toBe(0);
    const commandless = await ended(bench, await runContainers(bench, [{ name: "main", image: "other" }]));
    expect(commandless.stoppedReason).toMatch(/give the container a command/);
  });

  it("fail to start when the program or the log group is missing", async () => {
    await using bench = await testBench();
    const missing = await runContainers(bench, [{ name: "main", image: "a", command: ["/no/such/program"] }]);
    expect((await ended(bench, missing)).stoppedReason).toMatch(/^CannotStartContainerError: .*not found/);
    const options = { "awslogs-group": "none", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p" };
    const unlogged = await runContainers(bench, [
      shell("main", "exit 0", { logConfiguration: { logDriver: "awslogs", options } }),
    ]);
    expect((await ended(bench, unlogged)).stoppedReason).toMatch(/^ResourceInitializationError: /);
  });

  it("show every state to a clock that makes them last", async () => {
    const clock = new ManualClock();
    await using bench = await testBench({ clock, transitionMs: 1000 });
    const arn = await runContainers(bench, [shell("main", "exec sleep 1000")]);
    const seen = async (status: string) => {
      await untilTask(bench, arn, ({ lastStatus }) => lastStatus === status);
      clock.advance(1000);
    };
    await seen("PROVISIONING");
    await seen("ACTIVATING");
    await untilTask(bench, arn, ({ lastStatus }) => lastStatus === "RUNNING");
    await bench.ecs.send(new StopTaskCommand({ task: arn }));
    await seen("DEACTIVATING");
    await seen("DEPROVISIONING");
    const task = await ended(bench, arn);
    expect(task.stoppedAt?.getTime()).toBe(clock.now());
  });

  it("are forgotten an hour after their end", async () => {
    const clock = new ManualClock();
    await using bench = await testBench({ clock });
    const arn = await runContainers(bench, [shell("main", "exit 0")]);
    await ended(bench, arn);
    const list = () => bench.ecs.send(new ListTasksCommand({ desiredStatus: "STOPPED" }));
    expect((await list()).taskArns).toEqual([arn]);
    clock.advance(3_600_000);
    expect((await list()).taskArns).toEqual([]);
    const { tasks, failures } = await bench.ecs.send(new DescribeTasksCommand({ tasks: [arn] }));
    expect({ tasks, failures }).toEqual({ tasks: [], failures: [{ arn, reason: "MISSING" }] });
    expect(bench.emulator.counts().tasks).toHaveLength(1);
  });

  it("see exactly the environment of the task, and PATH", async () => {
    await using bench = await testBench();
    const arn = await runContainers(bench, [
      shell("main", "test \"$(env | grep -v -e ^PATH= -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD=)\" = 'A=1 2'", {
        environment: [{ name: "A", value: "1 2" }],
      }),
    ]);
    expect((await ended(bench, arn)).containers?.[0]?.exitCode).toBe(0);
  });
});
