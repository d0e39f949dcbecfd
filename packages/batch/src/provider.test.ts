import { type Provider, ProviderError } from "@vkubelet/core";
import { resolvedPodOf, TestPodContext, testPodUid as uid } from "@vkubelet/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { createBatchProvider } from "./provider.ts";
import { FakeBatch } from "./testdata/fake-batch.ts";

const options = { nodeName: "batch-1", region: "us-east-1", jobQueue: "pods", executionRoleArn: "arn:role" };
const pod = resolvedPodOf({ restartPolicy: "Never", containers: [{ name: "main", image: "nginx:1" }] });
const lostReply = new ProviderError("Unavailable", "socket hang up");

let batch: FakeBatch;
let context: TestPodContext;
let provider: Provider;
beforeEach(() => {
  batch = new FakeBatch();
  context = new TestPodContext();
  provider = createBatchProvider(options, { batch, logs: { getLogEvents: () => Promise.reject() } });
});

/** What a restarted host would do, with the time of a patient backoff between tries. */
async function retryUntilCreated(): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    try {
      await provider.createPod(pod, context);
      return;
    } catch (error) {
      expect(error).toBeInstanceOf(ProviderError);
      await context.clock.advance(30_000);
    }
  }
  throw new Error("never created");
}

describe("exactly one job", () => {
  it.each([
    ["before the intent is durable", { write: 1, durable: false }],
    ["after the intent, before SubmitJob", { write: 1, durable: true }],
    ["after SubmitJob's answer, before it is durable", { write: 2, durable: false }],
    ["after everything is durable", { write: 2, durable: true }],
  ])("crash %s", async (_name, crash) => {
    context.crashes = [crash];
    await retryUntilCreated();
    expect(batch.jobs).toHaveLength(1);
    expect(JSON.parse(context.entries["aws.run"] ?? "{}")).toMatchObject({ id: "job-1" });
  });

  it.each(["before", "after"] as const)("SubmitJob's answer is lost %s it took effect", async (when) => {
    batch.failures.set("submitJob", { when, error: lostReply });
    await retryUntilCreated();
    expect(batch.jobs).toHaveLength(1);
  });

  it("a look-up that fails creates nothing", async () => {
    batch.failures.set("submitJob", { when: "after", error: lostReply });
    await expect(provider.createPod(pod, context)).rejects.toBe(lostReply);
    for (const call of ["listJobs", "describeJobs"]) {
      batch.failures.set(call, { when: "before", error: lostReply });
      await expect(provider.createPod(pod, context)).rejects.toBe(lostReply);
    }
    expect(batch.jobs).toHaveLength(1);
    await provider.createPod(pod, context);
    expect(batch.jobs).toHaveLength(1);
  });

  it("a job that no listing shows yet is waited for, not submitted again", async () => {
    batch.failures.set("submitJob", { when: "after", error: lostReply });
    batch.hidden = true;
    await expect(provider.createPod(pod, context)).rejects.toBe(lostReply);
    await context.clock.advance(59_000);
    await expect(provider.createPod(pod, context)).rejects.toMatchObject({
      code: "Conflict",
      reason: "AwaitingVisibility",
    });
    batch.hidden = false;
    await provider.createPod(pod, context);
    expect(batch.jobs).toHaveLength(1);
  });

  it("a refusal after a lost answer does not hide that a job may exist", async () => {
    batch.failures.set("submitJob", { when: "after", error: lostReply });
    batch.hidden = true;
    await expect(provider.createPod(pod, context)).rejects.toBe(lostReply);
    await context.clock.advance(61_000);
    const throttled = new ProviderError("Throttled", "Too many requests");
    batch.failures.set("submitJob", { when: "before", error: throttled });
    await expect(provider.createPod(pod, context)).rejects.toBe(throttled);
    batch.hidden = false;
    await provider.createPod(pod, context);
    expect(batch.jobs).toHaveLength(1);
  });

  it("the pod fails once Batch may have forgotten a job that ended", async () => {
    batch.failures.set("submitJob", { when: "before", error: lostReply });
    await expect(provider.createPod(pod, context)).rejects.toBe(lostReply);
    await context.clock.advance(7 * 24 * 3_600_000);
    await expect(provider.createPod(pod, context)).rejects.toMatchObject({
      code: "Unsupported",
      reason: "RunUnknown",
    });
  });

  it("of two jobs with one name the older stays", async () => {
    await provider.createPod(pod, context);
    batch.jobs.push({ ...batch.jobs[0], jobId: "twin", createdAt: 1_800_000_000_000 } as never);
    const run = JSON.parse(context.entries["aws.run"] ?? "{}");
    context.entries["aws.run"] = JSON.stringify({ ...run, id: undefined });
    await provider.createPod(pod, context);
    expect(batch.jobs.map(({ status }) => status)).toEqual(["SUBMITTED", "FAILED"]);
  });
});

describe("createPod", () => {
  it("costs a first pod one look-up, one registration and one submission", async () => {
    await provider.createPod(pod, context);
    expect(batch.calls).toEqual(["findJobDefinition", "registerJobDefinition", "submitJob"]);
    expect(batch.submissions[0]?.jobName).toMatch(new RegExp(`^vk-[0-9a-f]{8}-${uid}-0$`));
    await provider.createPod({ ...pod, attempt: 1 }, context);
    expect(batch.calls.slice(3)).toEqual(["submitJob"]);
  });

  it("refuses a pod that restarts for ever and says what to do", async () => {
    const error = await provider
      .createPod(resolvedPodOf({ containers: [{ name: "main", image: "a" }] }), context)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "InvalidInput" });
    expect((error as ProviderError).issues).toEqual([
      {
        path: "spec.restartPolicy",
        message: "a Batch job only finishes: use a Job or restartPolicy Never or OnFailure",
      },
    ]);
    expect(batch.calls).toEqual([]);
  });
});

describe("listPods and deletePod", () => {
  it("lists 250 pods in bulk, each by its latest attempt", async () => {
    await provider.createPod(pod, context);
    for (let index = 0; index < 249; index++) {
      const text = JSON.stringify(batch.jobs[0])
        .replaceAll(uid, `uid-${index}`)
        .replace("job-1", `j${index}`);
      batch.jobs.push(JSON.parse(text));
    }
    await provider.createPod({ ...pod, attempt: 1 }, context);
    batch.calls.length = 0;
    const observations = await provider.listPods(context);
    expect(observations).toHaveLength(250);
    expect(observations.find(({ ref }) => ref.uid === uid)?.attempt).toBe(1);
    expect(batch.calls.filter((name) => name === "describeJobs")).toHaveLength(3);
  });

  it("gives later states higher versions, although the time of day is set back", async () => {
    await provider.createPod(pod, context);
    const [before] = await provider.listPods(context);
    context.clock.jump(-3_600_000);
    await context.clock.advance(5_000);
    const [after] = await provider.listPods(context);
    expect(after?.version).toBeGreaterThan(before?.version ?? Number.POSITIVE_INFINITY);
  });

  it("ends every job of the pod once, and succeeds for an unknown pod", async () => {
    await provider.createPod(pod, context);
    await provider.createPod({ ...pod, attempt: 1 }, context);
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, context);
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 0 }, context);
    expect(batch.calls.filter((name) => name === "terminateJob")).toHaveLength(2);
    expect(await provider.listPods(context)).toMatchObject([{ state: "ended", attempt: 1 }]);
    await provider.deletePod({ ...pod.ref, uid: "unknown" }, { gracePeriodSeconds: 0 }, new TestPodContext());
  });

  it("ends a job that is recorded and not listed yet", async () => {
    await provider.createPod(pod, context);
    batch.hidden = true;
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, context);
    expect(batch.jobs[0]?.status).toBe("FAILED");
  });

  it("asks to be repeated while a job that was begun is shown nowhere", async () => {
    await provider.createPod(pod, context);
    const jobs = batch.jobs.splice(0);
    const deletion = () => provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, context);
    await expect(deletion()).rejects.toMatchObject({ code: "Conflict", reason: "AwaitingVisibility" });
    batch.jobs.push(...jobs);
    await deletion();
    expect(batch.jobs[0]?.status).toBe("FAILED");
  });
});

describe("the node", () => {
  it("has as many cores as the queue may grow to, unless the options say otherwise", async () => {
    batch.environments.push({ ...batch.environments[0], state: "DISABLED" } as never);
    expect(await provider.describeNode(context)).toMatchObject({
      capacity: { cpu: "64", memory: "512Gi", pods: "1000" },
    });
    const capped = createBatchProvider(
      { ...options, capacity: { cpu: "2", memory: "4Gi", pods: "1" } },
      { batch },
    );
    expect((await capped.describeNode(context)).capacity).toMatchObject({
      cpu: "2",
      memory: "4Gi",
      pods: "1",
    });
  });

  it("is ill when the queue is disabled, invalid or gone", async () => {
    expect(await provider.checkHealth?.(context)).toEqual({ healthy: true });
    batch.queue = { ...batch.queue, status: "INVALID", statusReason: "no role" } as never;
    expect(await provider.checkHealth?.(context)).toMatchObject({
      reason: "QueueNotReady",
      message: "job queue pods is ENABLED and INVALID: no role",
    });
    batch.queue = undefined;
    expect(await provider.checkHealth?.(context)).toMatchObject({ healthy: false });
  });
});
