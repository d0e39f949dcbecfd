import type { Task } from "@aws-sdk/client-ecs";
import { identityEnvironment } from "@vkubelet/aws/translate";
import { describe, expect, it } from "vitest";
import { observeTask } from "./observe-task.ts";

const ref = { namespace: "shop", name: "web", uid: "u-1" };
const started = new Date("2026-01-01T00:00:10Z");
const stopped = new Date("2026-01-01T00:01:00Z");

function task(extra: Task): Task {
  return {
    taskArn: "arn:task/pods/1",
    overrides: { containerOverrides: [{ name: "main", environment: [...identityEnvironment(ref, 2)] }] },
    ...extra,
  };
}

describe("before the end", () => {
  it("PROVISIONING waits, with a reason", () => {
    expect(
      observeTask(
        task({ lastStatus: "PROVISIONING", containers: [{ name: "main", lastStatus: "PENDING" }] }),
        7,
      ),
    ).toEqual({
      ref,
      attempt: 2,
      version: 7,
      state: "waiting",
      reason: "FargateProvisioning",
      message: "Fargate is preparing the task's network interface",
      containers: [
        { name: "main", restartCount: 0, state: { type: "waiting", reason: "ContainerCreating" } },
      ],
    });
  });

  it("the containers say what runs, not the task, which stays PENDING as long as anything waits", () => {
    const observation = observeTask(
      task({
        lastStatus: "PENDING",
        startedAt: started,
        attachments: [
          { type: "ElasticNetworkInterface", details: [{ name: "privateIPv4Address", value: "10.0.0.9" }] },
        ],
        containers: [
          { name: "vkubelet_writer", lastStatus: "STOPPED", exitCode: 0 },
          { name: "init", lastStatus: "STOPPED", exitCode: 0, runtimeId: "r-1" },
          { name: "main", lastStatus: "RUNNING", image: "a:1", imageDigest: "sha256:1", runtimeId: "r-2" },
          { name: "vkubelet_sentinel", lastStatus: "PENDING" },
        ],
      }),
      1,
    );
    expect(observation).toMatchObject({ state: "active", podIPs: ["10.0.0.9"] });
    expect(observation?.containers).toEqual(
      [
        {
          name: "init",
          restartCount: 0,
          instanceId: "r-1",
          state: { type: "terminated", exitCode: 0, startedAt: started.toISOString(), instanceId: "r-1" },
        },
        {
          name: "main",
          restartCount: 0,
          image: "a:1",
          imageID: "a:1@sha256:1",
          instanceId: "r-2",
          state: { type: "running", startedAt: started.toISOString() },
        },
      ].map((entry) => expect.objectContaining(entry)),
    );
  });

  it.each(["DEACTIVATING", "STOPPING", "DEPROVISIONING"])("%s is not the end yet", (lastStatus) => {
    const containers = [{ name: "main", lastStatus: "STOPPED", exitCode: 0 }];
    expect(observeTask(task({ lastStatus, containers }), 1)?.state).toBe("active");
  });
});

describe("the end", () => {
  const ended = (extra: Task, container: object = {}) =>
    observeTask(
      task({
        lastStatus: "STOPPED",
        startedAt: started,
        executionStoppedAt: stopped,
        containers: [{ name: "main", lastStatus: "STOPPED", ...container }],
        ...extra,
      }),
      1,
    );

  it("of a container is its exit code, and no failure of the run", () => {
    const observation = ended(
      { stopCode: "EssentialContainerExited", stoppedReason: "Essential container in task exited" },
      { exitCode: 3 },
    );
    expect(observation?.failure).toBeUndefined();
    expect(observation?.containers[0]?.state).toEqual({
      type: "terminated",
      exitCode: 3,
      startedAt: started.toISOString(),
      finishedAt: stopped.toISOString(),
    });
  });

  it("by lack of memory is OOMKilled", () => {
    const reason = "OutOfMemoryError: Container killed due to memory usage";
    expect(
      ended({ stopCode: "EssentialContainerExited" }, { exitCode: 137, reason })?.containers[0]?.state,
    ).toMatchObject({ reason: "OOMKilled", message: reason });
  });

  it.each<[Task, object | undefined]>([
    [
      { stopCode: "TaskFailedToStart", stoppedReason: "CannotPullContainerError: no such image" },
      { reason: "ErrImagePull", message: "CannotPullContainerError: no such image" },
    ],
    [
      { stopCode: "TaskFailedToStart", stoppedReason: "Task failed to start" },
      { reason: "TaskFailedToStart", message: "Task failed to start" },
    ],
    [
      { stopCode: "SpotInterruption", stoppedReason: "Your Spot Task was interrupted." },
      { reason: "SpotInterruption", message: "Your Spot Task was interrupted.", disruption: true },
    ],
    [{ stopCode: "TerminationNotice" }, { reason: "SpotInterruption", disruption: true }],
    [{ stopCode: "InfrastructureHealth" }, { reason: "InfrastructureHealth", disruption: true }],
    [
      { stopCode: "UserInitiated", stoppedReason: "Task stopped by user" },
      { reason: "TaskStoppedExternally", message: "Task stopped by user" },
    ],
    [
      {
        stopCode: "ServiceSchedulerInitiated",
        stoppedReason: "ECS is performing maintenance on the underlying infrastructure hosting the task",
      },
      {
        reason: "InfrastructureMaintenance",
        message: "ECS is performing maintenance on the underlying infrastructure hosting the task",
        disruption: true,
      },
    ],
    [{ stopCode: "UserInitiated", stoppedReason: "vkubelet: the pod was deleted" }, undefined],
  ])("%o", (extra, failure) => {
    expect(ended(extra)?.failure).toEqual(failure);
  });

  it("of an init container that failed is no failure of the run, and what comes after it never started", () => {
    const seen = (init: object, extra: Task = {}) =>
      ended({
        stopCode: "TaskFailedToStart",
        stoppedReason: "Task failed to start",
        containers: [
          { name: "setup", lastStatus: "STOPPED", runtimeId: "r-1", exitCode: 9, ...init },
          { name: "main", lastStatus: "STOPPED", reason: "dependency setup did not reach SUCCESS" },
        ],
        ...extra,
      });
    const failed = seen({});
    expect(failed?.failure).toBeUndefined();
    expect(failed?.containers).toMatchObject([
      { name: "setup", state: { type: "terminated", exitCode: 9 } },
      { name: "main", state: { type: "waiting", reason: "PodInitializing" } },
    ]);
    const helper = seen({ name: "vkubelet_writer" });
    expect(helper?.failure).toMatchObject({ reason: "TaskFailedToStart" });
    expect(helper?.containers).toMatchObject([{ name: "main", state: { reason: "ContainerStatusUnknown" } }]);
    const checks = { name: "VKUBELET_HEALTH_CHECKS", value: "setup=startup" };
    const environment = [...identityEnvironment(ref, 2), checks];
    const overrides = { containerOverrides: [{ name: "main", environment }] };
    expect(seen({}, { overrides })?.failure).toMatchObject({ reason: "TaskFailedToStart" });
  });

  it("of a container without exit code is unknown, never a success", () => {
    expect(ended({})?.containers[0]?.state).toMatchObject({
      exitCode: 137,
      reason: "ContainerStatusUnknown",
    });
    expect(ended({}, { reason: "CannotPullContainerError: x" })?.containers[0]?.state).toMatchObject({
      reason: "ErrImagePull",
    });
  });
});

it("a task of somebody else is no pod", () => {
  expect(observeTask({ lastStatus: "RUNNING", taskArn: "arn:1" }, 1)).toBeUndefined();
});
