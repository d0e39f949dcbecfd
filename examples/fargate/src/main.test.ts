import { CreateClusterCommand, ECSClient } from "@aws-sdk/client-ecs";
import { type AwsEmulator, startAwsEmulator } from "@vkubelet/aws-emulator";
import { createTestCluster, startExample, type TestCluster } from "@vkubelet-examples/test-support";
import { afterAll, beforeAll, expect, it } from "vitest";

let cluster: TestCluster;
let emulator: AwsEmulator;

beforeAll(async () => {
  [cluster, emulator] = await Promise.all([createTestCluster(), startAwsEmulator()]);
  const { endpoint, region, credentials } = emulator;
  const ecs = new ECSClient({ endpoint, region, credentials });
  await ecs.send(new CreateClusterCommand({ clusterName: "pods" }));
  ecs.destroy();
}, 60_000);

afterAll(() => Promise.all([cluster[Symbol.asyncDispose](), emulator[Symbol.asyncDispose]()]));

const environment = () => ({
  ...cluster.environment,
  AWS_REGION: emulator.region,
  AWS_ENDPOINT: emulator.endpoint,
  AWS_ACCESS_KEY_ID: emulator.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: emulator.credentials.secretAccessKey,
  SUBNETS: "subnet-1,subnet-2",
  EXECUTION_ROLE_ARN: "arn:aws:iam::123456789012:role/execution",
});

it("runs a pod as a task", async () => {
  await using program = startExample(new URL("./main.ts", import.meta.url), environment());
  await program.waitForOutput(/node vk-fargate is registered/);
  await cluster.waitForNode("vk-fargate");

  const hello = { name: "main", image: "busybox", command: ["/bin/sh", "-c", "echo hello from a task"] };
  cluster.createPod("hello", "vk-fargate", {
    restartPolicy: "Never",
    enableServiceLinks: false,
    containers: [hello],
  });
  await cluster.waitForPod("hello", ({ status }) => status?.phase === "Succeeded");
  expect(emulator.counts().tasks).toHaveLength(1);
  expect(await cluster.podLog("hello", "main")).toBe("hello from a task\n");

  cluster.deletePod("hello");
  await cluster.waitForNoPod("hello");
  expect(await program.interrupt()).toBe(0);
}, 120_000);

it("says by path what Fargate cannot do", async () => {
  await using program = startExample(new URL("./main.ts", import.meta.url), environment());
  await program.waitForOutput(/node vk-fargate is registered/);
  const container = { name: "main", image: "busybox", command: ["true"] };
  cluster.createPod("refused", "vk-fargate", { hostNetwork: true, containers: [container] });
  const pod = await cluster.waitForPod("refused", ({ status }) => status?.phase === "Failed");
  expect(pod.status.message).toContain("spec.hostNetwork");
}, 120_000);
