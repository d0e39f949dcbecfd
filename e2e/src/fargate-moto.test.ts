import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateClusterCommand,
  ECSClient,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
} from "@aws-sdk/client-ecs";
import type { Provider } from "@vkubelet/core";
import { createFargateProvider } from "@vkubelet/fargate";
import { type AwsServer, peerOrSkip, startMoto } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { motoSetting, motoSubnet, podContext, simplePod } from "./aws-support.ts";

const uid = (last: number) => `5d3c1c52-0000-4000-8000-00000000000${last}`;
const region = "us-east-1";
const cluster = "pods";
const group = "/vkubelet/e2e";

describe.runIf(await peerOrSkip("moto"))("pods on Fargate, against moto", () => {
  let server: AwsServer;
  let provider: Provider;
  let ecs: ECSClient;
  let logs: CloudWatchLogsClient;

  beforeAll(async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    server = await startMoto();
    const { endpoint } = server;
    // By default every look moves a task one step towards its end.
    await motoSetting(endpoint, "state-manager/set-transition", {
      model_name: "ecs::task",
      transition: { progression: "manual", times: 1_000_000 },
    });
    ecs = new ECSClient({ region, endpoint });
    logs = new CloudWatchLogsClient({ region, endpoint });
    await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
    provider = createFargateProvider({
      nodeName: "fargate-1",
      region,
      endpoint,
      cluster,
      subnets: [await motoSubnet(endpoint)],
      logs: { group },
      executionRoleArn: "arn:aws:iam::123456789012:role/execution",
    });
  });
  afterAll(async () => {
    await provider?.[Symbol.asyncDispose]?.();
    ecs?.destroy();
    logs?.destroy();
    await server?.stop();
    vi.unstubAllEnvs();
  });

  const taskCount = async () => (await ecs.send(new ListTasksCommand({ cluster }))).taskArns?.length ?? 0;

  it("is healthy while its cluster is there", async () => {
    expect(await provider.checkHealth?.(podContext())).toEqual({ healthy: true });
    const other = createFargateProvider({
      nodeName: "n",
      region,
      endpoint: server.endpoint,
      cluster: "none",
      subnets: ["s"],
    });
    expect(await other.checkHealth?.(podContext())).toMatchObject({
      healthy: false,
      reason: "ClusterNotActive",
    });
    await other[Symbol.asyncDispose]?.();
  });

  it("runs a pod once, finds it again without a record, and stops it", async () => {
    const pod = simplePod(uid(1), { image: "busybox", command: ["sh", "-c"], args: ["echo hello"] });
    const context = podContext();
    await provider.createPod(pod, context);
    await provider.createPod(pod, context);
    expect(await taskCount()).toBe(1);
    const [observed] = await provider.listPods(podContext());
    expect(observed).toMatchObject({ ref: pod.ref, attempt: 0, state: "active" });
    expect(observed?.podIPs).toHaveLength(1);

    // The answer of RunTask got lost: the record has the intent, and no task.
    const run = JSON.parse(context.entries["aws.run"] ?? "{}");
    context.entries["aws.run"] = JSON.stringify({ ...run, id: undefined });
    await provider.createPod(pod, context);
    expect(await taskCount()).toBe(1);
    expect(JSON.parse(context.entries["aws.run"])).toEqual(run);

    await provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, context);
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 0 }, context);
    expect(await provider.listPods(podContext())).toMatchObject([{ ref: pod.ref, state: "ended" }]);
  });

  it("registers one definition for equal pods and another for a different one", async () => {
    const families = async () =>
      (await ecs.send(new ListTaskDefinitionsCommand({}))).taskDefinitionArns?.length ?? 0;
    const before = await families();
    await provider.createPod(simplePod(uid(2), { image: "nginx:1" }), podContext());
    await provider.createPod(simplePod(uid(3), { image: "nginx:1" }), podContext());
    expect(await families()).toBe(before + 1);
    await provider.createPod(simplePod(uid(4), { image: "nginx:2" }), podContext());
    expect(await families()).toBe(before + 2);
  });

  it("reads a container's log stream", async () => {
    const pod = simplePod(uid(5), { image: "busybox" });
    const context = podContext();
    await provider.createPod(pod, context);
    const ref = { ...pod.ref, container: "main" };
    const read = async (tailLines?: number) => {
      const lines: string[] = [];
      const wanted = { follow: false, previous: false, ...(tailLines === undefined ? {} : { tailLines }) };
      for await (const line of provider.logs?.(ref, wanted, podContext()) ?? []) {
        lines.push(new TextDecoder().decode(line.bytes));
      }
      return lines;
    };
    expect(await read()).toEqual([]);
    const { id } = JSON.parse(context.entries["aws.run"] ?? "{}");
    const logStreamName = `vkubelet/main/${id.split("/").at(-1)}`;
    await logs.send(new CreateLogGroupCommand({ logGroupName: group }));
    await logs.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName }));
    const logEvents = ["one", "two", "three"].map((message, index) => ({
      timestamp: Date.now() - 1000 + index,
      message,
    }));
    await logs.send(new PutLogEventsCommand({ logGroupName: group, logStreamName, logEvents }));
    expect(await read()).toEqual(["one", "two", "three"]);
    expect(await read(2)).toEqual(["two", "three"]);
    await expect(async () => {
      const unknown = { ...ref, container: "other" };
      for await (const _ of provider.logs?.(unknown, { follow: false, previous: false }, podContext()) ?? []);
    }).rejects.toMatchObject({ code: "NotFound" });
  });
});
