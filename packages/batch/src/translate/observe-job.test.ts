import type { JobDetail } from "@aws-sdk/client-batch";
import { describe, expect, it } from "vitest";
import { identityParameters } from "./job-names.ts";
import { observeJob } from "./observe-job.ts";

const ref = { namespace: "shop", name: "web", uid: "u-1" };
const startedAt = Date.UTC(2026, 0, 1);
const stoppedAt = startedAt + 60_000;

function observe(job: Partial<JobDetail>) {
  const base = { jobId: "j", jobName: "n", jobQueue: "q", jobDefinition: "d", startedAt: 0 } as const;
  return observeJob({ ...base, parameters: identityParameters(ref, 1, "main"), ...job } as JobDetail, 9);
}

describe("before the job runs", () => {
  it.each<[Partial<JobDetail>, string]>([
    [{ status: "SUBMITTED" }, "BatchSubmitted"],
    [{ status: "PENDING" }, "BatchPending"],
    [{ status: "RUNNABLE" }, "BatchQueued"],
    [
      { status: "RUNNABLE", statusReason: "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - too big" },
      "BatchQueueBlocked",
    ],
  ])("%o waits as %s", (job, reason) => {
    expect(observe(job)).toEqual({
      ref,
      attempt: 1,
      version: 9,
      state: "waiting",
      reason,
      ...(job.statusReason ? { message: job.statusReason } : {}),
      containers: [],
    });
  });

  it("STARTING is placed and creates its container", () => {
    expect(observe({ status: "STARTING" })).toMatchObject({
      state: "active",
      containers: [{ name: "main", state: { type: "waiting", reason: "ContainerCreating" } }],
    });
  });
});

it("A5: every job is another instance of its container", () => {
  const ids = ["j-1", "j-2"].map(
    (jobId) => observe({ jobId, status: "RUNNING", startedAt })?.containers[0]?.instanceId,
  );
  expect(ids).toEqual(["j-1-main", "j-2-main"]);
});

it("a running job runs its container", () => {
  const networkInterfaces = [{ privateIpv4Address: "10.0.0.5" }];
  expect(observe({ status: "RUNNING", startedAt, container: { networkInterfaces } })).toMatchObject({
    state: "active",
    startedAt: "2026-01-01T00:00:00.000Z",
    podIPs: ["10.0.0.5"],
    containers: [{ state: { type: "running", startedAt: "2026-01-01T00:00:00.000Z" } }],
  });
});

describe("the end", () => {
  it.each<[Partial<JobDetail>, number]>([
    [{ status: "SUCCEEDED", container: { exitCode: 0 } }, 0],
    [{ status: "SUCCEEDED" }, 0],
    [{ status: "FAILED", statusReason: "Essential container in task exited", container: { exitCode: 4 } }, 4],
  ])("%o is the container's exit code %d", (job, exitCode) => {
    const observation = observe({ startedAt, stoppedAt, ...job });
    expect(observation?.failure).toBeUndefined();
    expect(observation).toMatchObject({
      state: "ended",
      containers: [
        { name: "main", state: { type: "terminated", exitCode, finishedAt: "2026-01-01T00:01:00.000Z" } },
      ],
    });
  });

  it.each<[Partial<JobDetail>, object | undefined]>([
    [
      { statusReason: "Host EC2 (instance i-1) terminated." },
      { reason: "InstanceTerminated", disruption: true },
    ],
    [
      { statusReason: "Your Spot Task was interrupted.", container: { exitCode: 137 } },
      { reason: "SpotInterruption", disruption: true },
    ],
    [{ statusReason: "Job attempt duration exceeded timeout" }, { reason: "DeadlineExceeded" }],
    [
      { statusReason: "Canceled by JobStateTimeLimit action due to reason: CAPACITY" },
      { reason: "BatchQueueTimeLimit" },
    ],
    [
      { statusReason: "Task failed to start", container: { reason: "CannotPullContainerError: x" } },
      { reason: "ErrImagePull" },
    ],
    [
      { statusReason: "by hand", isTerminated: true, container: { exitCode: 137 } },
      { reason: "JobTerminatedExternally" },
    ],
    [{ statusReason: "something new" }, { reason: "BatchJobFailed" }],
    [{ statusReason: "vkubelet: the pod was deleted", isTerminated: true }, undefined],
  ])("%o", (job, failure) => {
    const observation = observe({ status: "FAILED", stoppedAt, ...job });
    expect(observation?.failure).toEqual(failure && { message: job.statusReason, ...failure });
  });

  it("without exit code is unknown, and a kill for memory is OOMKilled", () => {
    expect(observe({ status: "FAILED" })?.containers[0]?.state).toMatchObject({
      exitCode: 137,
      reason: "ContainerStatusUnknown",
    });
    const container = { exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" };
    expect(observe({ status: "FAILED", container })?.containers[0]?.state).toMatchObject({
      reason: "OOMKilled",
    });
  });
});

it("several containers are told apart, and helpers are left out", () => {
  const containers = [
    { name: "vkubelet_writer", exitCode: 0 },
    { name: "init" },
    { name: "main", dependsOn: [{ containerName: "init", condition: "SUCCESS" }], image: "m:1" },
    { name: "proxy", exitCode: 2, reason: "gone" },
  ];
  const job = { status: "RUNNING", startedAt, ecsProperties: { taskProperties: [{ containers }] } } as const;
  expect(observe(job as unknown as Partial<JobDetail>)?.containers).toMatchObject([
    { name: "init", state: { type: "terminated", exitCode: 0 } },
    { name: "main", image: "m:1", state: { type: "running" } },
    { name: "proxy", state: { type: "terminated", exitCode: 2, message: "gone" } },
  ]);
});

it("after an init container that failed nothing has started, and the run is no failure", () => {
  const after = (containerName: string) => [{ containerName, condition: "SUCCESS" }];
  const seen = (init: string) =>
    observe({
      status: "FAILED",
      statusReason: "Task failed to start",
      ecsProperties: {
        taskProperties: [
          {
            containers: [
              { name: init, exitCode: 9 },
              { name: "second", dependsOn: after(init) },
              { name: "main", dependsOn: after("second") },
            ],
          },
        ],
      },
    });
  const failed = seen("setup");
  expect(failed?.failure).toBeUndefined();
  const waiting = { type: "waiting", reason: "PodInitializing" };
  expect(failed?.containers).toMatchObject([
    { name: "setup", state: { type: "terminated", exitCode: 9 } },
    { name: "second", state: waiting },
    { name: "main", state: waiting },
  ]);
  expect(seen("vkubelet_writer")?.containers).toMatchObject([
    { name: "second", state: { exitCode: 137, reason: "ContainerStatusUnknown" } },
    { name: "main", state: { exitCode: 137, reason: "ContainerStatusUnknown" } },
  ]);
});

it("a job of somebody else is no pod", () => {
  expect(observe({ parameters: {} })).toBeUndefined();
});
