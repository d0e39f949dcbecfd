import { type Provider, ProviderError } from "@vkubelet/core";
import { resolvedPodOf, TestPodContext, testPodUid as uid } from "@vkubelet/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { createFargateProvider } from "./provider.ts";
import { FakeEcs } from "./testdata/fake-ecs.ts";

const options = {
  nodeName: "fargate-1",
  region: "us-east-1",
  cluster: "pods",
  subnets: ["subnet-1"],
};
const pod = resolvedPodOf({ restartPolicy: "Never", containers: [{ name: "main", image: "nginx:1" }] });
const lostReply = new ProviderError("Unavailable", "socket hang up");

let ecs: FakeEcs;
let context: TestPodContext;
let provider: Provider;
beforeEach(() => {
  ecs = new FakeEcs();
  context = new TestPodContext();
  provider = createFargateProvider(options, { ecs, logs: { getLogEvents: () => Promise.reject() } });
});

/** What a restarted host would do: the same call with the record as it is, until it succeeds. */
async function retryUntilCreated(): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    try {
      await provider.createPod(pod, context);
      return;
    } catch (error) {
      expect(error).toBeInstanceOf(ProviderError);
    }
  }
  throw new Error("never created");
}

describe.each([{ keepsTokens: true }, { keepsTokens: false }])(
  "exactly one task (tokens kept: $keepsTokens)",
  (mode) => {
    beforeEach(() => {
      ecs.keepsTokens = mode.keepsTokens;
    });

    it.each([
      ["before the intent is durable", { write: 1, durable: false }],
      ["after the intent, before RunTask", { write: 1, durable: true }],
      ["after RunTask's answer, before it is durable", { write: 2, durable: false }],
      ["after everything is durable", { write: 2, durable: true }],
    ])("crash %s", async (_name, crash) => {
      context.crashes = [crash];
      await retryUntilCreated();
      expect(ecs.tasks).toHaveLength(1);
      expect(JSON.parse(context.entries["aws.run"] ?? "{}")).toMatchObject({ id: ecs.tasks[0]?.taskArn });
    });

    it.each(["before", "after"] as const)("RunTask's answer is lost %s it took effect", async (when) => {
      ecs.failures.set("runTask", { when, error: lostReply });
      await retryUntilCreated();
      expect(ecs.tasks).toHaveLength(1);
    });

    it("the task has already ended when its start is repeated", async () => {
      ecs.failures.set("runTask", { when: "after", error: lostReply });
      await expect(provider.createPod(pod, context)).rejects.toBe(lostReply);
      Object.assign(ecs.tasks[0] ?? {}, { desiredStatus: "STOPPED", lastStatus: "STOPPED" });
      await provider.createPod(pod, context);
      expect(ecs.tasks).toHaveLength(1);
    });

    it("a look-up that fails creates nothing", async () => {
      ecs.failures.set("runTask", { when: "after", error: lostReply });
      await expect(provider.createPod(pod, context)).rejects.toBe(lostReply);
      ecs.failures.set("listTasks", { when: "before", error: lostReply });
      await expect(provider.createPod(pod, context)).rejects.toBe(lostReply);
      expect(ecs.tasks).toHaveLength(1);
      await provider.createPod(pod, context);
      expect(ecs.tasks).toHaveLength(1);
    });
  },
);

describe("createPod", () => {
  it("writes the intent before RunTask and costs one look-up, one registration and one start", async () => {
    await provider.createPod(pod, context);
    expect(ecs.calls).toEqual(["findTaskDefinition", "registerTaskDefinition", "runTask"]);
    expect(ecs.runRequests[0]).toMatchObject({
      clientToken: `${uid}.0`,
      startedBy: `vk/fargate-1/${uid}`,
    });
    await provider.createPod(pod, context);
    expect(ecs.calls).toHaveLength(3);
  });

  it("starts the next attempt as another task with another token, and never goes back", async () => {
    await provider.createPod(pod, context);
    await provider.createPod({ ...pod, attempt: 1 }, context);
    expect(ecs.runRequests.map(({ clientToken }) => clientToken)).toEqual([`${uid}.0`, `${uid}.1`]);
    expect(ecs.calls.filter((name) => name === "registerTaskDefinition")).toHaveLength(1);
    await expect(provider.createPod(pod, context)).rejects.toMatchObject({ code: "Conflict" });
  });

  it("asks with another token after ECS answered that it started nothing", async () => {
    const reason = "Capacity is unavailable at this time. Please try again later";
    ecs.replies.push({ tasks: [], failures: [{ reason }], startedBefore: [] });
    await expect(provider.createPod(pod, context)).rejects.toMatchObject({
      code: "CapacityExceeded",
      message: expect.stringContaining(reason),
    });
    await provider.createPod(pod, context);
    expect(ecs.runRequests.map(({ clientToken }) => clientToken)).toEqual([`${uid}.0`, `${uid}.0.1`]);
    expect(ecs.calls).not.toContain("listTasks");
  });

  it("adopts the tasks that a conflicting token names", async () => {
    ecs.replies.push({ tasks: [], failures: [], startedBefore: ["arn:earlier"] });
    await provider.createPod(pod, context);
    expect(JSON.parse(context.entries["aws.run"] ?? "{}")).toMatchObject({ id: "arn:earlier" });
  });

  it("does not look again after a throttled start, but does when an earlier answer was lost", async () => {
    const throttled = new ProviderError("Throttled", "Rate exceeded");
    ecs.failures.set("runTask", { when: "before", error: throttled });
    await expect(provider.createPod(pod, context)).rejects.toBe(throttled);
    ecs.failures.set("runTask", { when: "before", error: lostReply });
    await expect(provider.createPod(pod, context)).rejects.toBe(lostReply);
    expect(ecs.calls).not.toContain("listTasks");
    ecs.failures.set("runTask", { when: "before", error: throttled });
    await expect(provider.createPod(pod, context)).rejects.toBe(throttled);
    ecs.calls.length = 0;
    await provider.createPod(pod, context);
    expect(ecs.calls).toContain("listTasks");
  });

  it("fails the pod when ECS can no longer tell whether it ran", async () => {
    ecs.failures.set("runTask", { when: "before", error: lostReply });
    await expect(provider.createPod(pod, context)).rejects.toBe(lostReply);
    await context.clock.advance(51 * 60_000);
    await expect(provider.createPod(pod, context)).rejects.toMatchObject({
      code: "Unsupported",
      reason: "RunUnknown",
    });
    expect(ecs.tasks).toHaveLength(0);
  });

  it("keeps the oldest of two tasks for one run and stops the other", async () => {
    await provider.createPod(pod, context);
    ecs.tasks.push({
      ...ecs.tasks[0],
      taskArn: "arn:twin",
      createdAt: new Date("2030-01-01T00:00:00Z"),
    });
    const run = JSON.parse(context.entries["aws.run"] ?? "{}");
    context.entries["aws.run"] = JSON.stringify({ ...run, id: undefined });
    await provider.createPod(pod, context);
    expect(ecs.tasks.map(({ desiredStatus }) => desiredStatus)).toEqual(["RUNNING", "STOPPED"]);
    expect(JSON.parse(context.entries["aws.run"] ?? "{}")).toEqual(run);
  });

  it("creates nothing when the record cannot be understood", async () => {
    context.entries["aws.run"] = "{";
    await expect(provider.createPod(pod, context)).rejects.toMatchObject({ code: "Internal" });
    expect(ecs.calls).toEqual([]);
  });

  it("rejects with the signal's reason when aborted", async () => {
    const reason = new Error("no longer wanted");
    ecs.failures.set("findTaskDefinition", { when: "before", error: reason });
    await expect(provider.createPod(pod, context)).rejects.toBe(reason);
    await provider.createPod(pod, context);
    expect(ecs.tasks).toHaveLength(1);
  });

  it("refuses by path and tells what it approximates", async () => {
    const bad = resolvedPodOf({
      containers: [
        { name: "main", image: "a", volumeMounts: [{ name: "disk", mountPath: "/d" }] },
        { name: "second", image: "b" },
      ],
      volumes: [{ name: "disk", hostPath: { path: "/" } }],
    });
    const error = await provider.createPod(bad, context).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "InvalidInput" });
    expect((error as ProviderError).issues.map(({ path }) => path)).toEqual(["spec.volumes[0].hostPath"]);
    await provider.createPod(
      resolvedPodOf({
        containers: [
          { name: "main", image: "a" },
          { name: "b", image: "b" },
        ],
      }),
      context,
    );
    expect(context.notices).toMatchObject([{ reason: "FieldsApproximated" }]);
    expect(context.notices[0]?.message).toContain("the first main container to end stops the others");
  });
});

describe("listPods", () => {
  it("lists 250 pods of this node in pages and bulk, each by its latest attempt", async () => {
    await provider.createPod(pod, context);
    const [first] = ecs.tasks;
    for (let index = 0; index < 250; index++) {
      const text = JSON.stringify(first).replaceAll(uid, `uid-${index}`);
      ecs.tasks.push({ ...JSON.parse(text), taskArn: `arn:${index}`, createdAt: new Date(index) });
    }
    await provider.createPod({ ...pod, attempt: 1 }, context);
    ecs.tasks.push({ ...first, taskArn: "arn:other-node", startedBy: "vk/other/x" });
    ecs.tasks.push({ taskArn: "arn:foreign", desiredStatus: "RUNNING", lastStatus: "RUNNING" });
    ecs.calls.length = 0;
    const observations = await provider.listPods(context);
    expect(observations).toHaveLength(251);
    expect(observations.find(({ ref }) => ref.uid === uid)?.attempt).toBe(1);
    expect(ecs.calls.filter((name) => name === "describeTasks")).toHaveLength(3);
    expect(ecs.calls.filter((name) => name === "listTasks")).toHaveLength(4);
  });

  it("gives later states higher versions, although the time of day is set back", async () => {
    await provider.createPod(pod, context);
    const [before] = await provider.listPods(context);
    context.clock.jump(-3_600_000);
    await context.clock.advance(5_000);
    const [after] = await provider.listPods(context);
    expect(after?.version).toBeGreaterThan(before?.version ?? Number.POSITIVE_INFINITY);
  });

  it("is complete or an error", async () => {
    await provider.createPod(pod, context);
    ecs.failures.set("describeTasks", { when: "before", error: lostReply });
    await expect(provider.listPods(context)).rejects.toBe(lostReply);
  });
});

describe("deletePod", () => {
  it("stops the pod's task, may be repeated, and succeeds for an unknown pod", async () => {
    await provider.createPod(pod, context);
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, context);
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 0 }, context);
    expect(ecs.calls.filter((name) => name === "stopTask")).toHaveLength(1);
    const [observation] = await provider.listPods(context);
    expect(observation).toMatchObject({ state: "ended" });
    expect(observation?.failure).toBeUndefined();
    await provider.deletePod({ ...pod.ref, uid: "unknown" }, { gracePeriodSeconds: 0 }, new TestPodContext());
  });

  it("stops a task that is recorded and not listed yet", async () => {
    await provider.createPod(pod, context);
    Object.assign(ecs.tasks[0] ?? {}, { startedBy: "hidden" });
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, context);
    expect(ecs.tasks[0]?.desiredStatus).toBe("STOPPED");
  });

  it("asks to be repeated while a task that was begun is shown nowhere", async () => {
    await provider.createPod(pod, context);
    const tasks = ecs.tasks.splice(0);
    const deletion = () => provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, context);
    await expect(deletion()).rejects.toMatchObject({ code: "Conflict", reason: "AwaitingVisibility" });
    ecs.tasks.push(...tasks);
    await deletion();
    expect(ecs.tasks[0]?.desiredStatus).toBe("STOPPED");
  });
});

describe("the node", () => {
  it("is as large as its options say", async () => {
    const small = createFargateProvider(
      { ...options, capacity: { pods: "5" }, architecture: "arm64" },
      { ecs },
    );
    expect(await small.describeNode(context)).toMatchObject({
      capacity: { cpu: "100", memory: "400Gi", pods: "5" },
      architecture: "arm64",
    });
  });

  it("is ill without its cluster, and says why", async () => {
    expect(await provider.checkHealth?.(context)).toEqual({ healthy: true });
    ecs.clusterStatus = async () => undefined;
    expect(await provider.checkHealth?.(context)).toMatchObject({
      healthy: false,
      reason: "ClusterNotActive",
    });
    ecs.clusterStatus = () => Promise.reject(new ProviderError("Unauthorized", "token expired"));
    expect(await provider.checkHealth?.(context)).toEqual({
      healthy: false,
      reason: "Unauthorized",
      message: "token expired",
    });
  });

  it("offers logs only where a log group is named", () => {
    expect(provider.logs).toBeUndefined();
    expect(
      createFargateProvider({ ...options, executionRoleArn: "arn:role", logs: { group: "g" } }, { ecs }).logs,
    ).toBeDefined();
  });
});
