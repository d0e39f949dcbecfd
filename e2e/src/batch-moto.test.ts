import { BatchClient, DescribeJobDefinitionsCommand, ListJobsCommand } from "@aws-sdk/client-batch";
import { createBatchProvider } from "@vkubelet/batch";
import type { Provider } from "@vkubelet/core";
import { type AwsServer, peerOrSkip, startMoto } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { motoQueue, motoSetting, podContext, resolved, simplePod } from "./aws-support.ts";

const uid = (last: number) => `5d3c1c52-0000-4000-8000-00000000000${last}`;
const executionRoleArn = "arn:aws:iam::123456789012:role/execution";
const region = "us-east-1";
const jobQueue = "pods";

describe.runIf(await peerOrSkip("moto"))("pods on Batch, against moto without an engine", () => {
  let server: AwsServer;
  let provider: Provider;
  let batch: BatchClient;

  beforeAll(async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    server = await startMoto();
    const { endpoint } = server;
    await motoSetting(endpoint, "config", { batch: { use_docker: false } });
    batch = new BatchClient({ region, endpoint });
    await motoQueue(endpoint, batch, jobQueue);
    provider = createBatchProvider({ nodeName: "batch-1", region, endpoint, jobQueue, executionRoleArn });
  });
  afterAll(async () => {
    await provider?.[Symbol.asyncDispose]?.();
    batch?.destroy();
    await server?.stop();
    vi.unstubAllEnvs();
  });

  const jobCount = async () =>
    (await batch.send(new ListJobsCommand({ jobQueue }))).jobSummaryList?.length ?? 0;

  it("is healthy while its queue is there", async () => {
    expect(await provider.checkHealth?.(podContext())).toEqual({ healthy: true });
    const other = createBatchProvider({
      nodeName: "n",
      region,
      endpoint: server.endpoint,
      jobQueue: "none",
      executionRoleArn,
    });
    expect(await other.checkHealth?.(podContext())).toMatchObject({
      healthy: false,
      reason: "QueueNotReady",
    });
    await other[Symbol.asyncDispose]?.();
  });

  it("runs a pod once and finds it again without a record", async () => {
    const pod = simplePod(uid(1), { image: "busybox", args: ["echo", "hello"] });
    const context = podContext();
    await provider.createPod(pod, context);
    await provider.createPod(pod, context);
    expect(await jobCount()).toBe(1);
    const [observed] = await provider.listPods(podContext());
    expect(observed).toMatchObject({
      ref: pod.ref,
      attempt: 0,
      state: "ended",
      containers: [{ name: "main", state: { type: "terminated", exitCode: 0 } }],
    });

    // The answer of SubmitJob got lost: the record has the intent, and no job.
    const run = JSON.parse(context.entries["aws.run"] ?? "{}");
    context.entries["aws.run"] = JSON.stringify({ ...run, id: undefined });
    await provider.createPod(pod, context);
    expect(await jobCount()).toBe(1);
    expect(JSON.parse(context.entries["aws.run"])).toEqual(run);

    await provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, context);
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 0 }, context);
  });

  it("runs the next attempt as a job of its own and reports it alone", async () => {
    const again = simplePod(uid(1), { image: "busybox", args: ["echo", "hello"] }, 1);
    await provider.createPod(again, podContext());
    expect(await provider.listPods(podContext())).toMatchObject([{ ref: again.ref, attempt: 1 }]);
  });

  it("registers one definition for equal pods and another for a different one", async () => {
    const definitions = async () =>
      (await batch.send(new DescribeJobDefinitionsCommand({}))).jobDefinitions?.length ?? 0;
    const before = await definitions();
    await provider.createPod(simplePod(uid(2), { image: "nginx:1" }), podContext());
    await provider.createPod(simplePod(uid(3), { image: "nginx:1" }), podContext());
    expect(await definitions()).toBe(before + 1);
    await provider.createPod(simplePod(uid(4), { image: "nginx:2" }), podContext());
    expect(await definitions()).toBe(before + 2);
  });

  it("refuses an entry point and a pod that restarts for ever, by path", async () => {
    const always = resolved(uid(5), { containers: [{ name: "main", image: "busybox", command: ["sh"] }] });
    const refusal = await provider.createPod(always, podContext()).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "InvalidInput" });
    const paths = (refusal as { issues: { path: string }[] }).issues.map(({ path }) => path);
    expect(paths.sort()).toEqual(["spec.containers[0].command", "spec.restartPolicy"]);
  });
});
