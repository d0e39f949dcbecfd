import { type AwsEmulator, startAwsEmulator } from "@vkubelet/aws-emulator";
import { createTestCluster, startExample, type TestCluster } from "@vkubelet-examples/test-support";
import { afterAll, beforeAll, expect, it } from "vitest";

let cluster: TestCluster;
let emulator: AwsEmulator;

beforeAll(async () => {
  [cluster, emulator] = await Promise.all([createTestCluster(), startAwsEmulator()]);
}, 60_000);

afterAll(() => Promise.all([cluster[Symbol.asyncDispose](), emulator[Symbol.asyncDispose]()]));

it("runs the pod of a Job as a job of the queue", async () => {
  await using program = startExample(new URL("./main.ts", import.meta.url), {
    ...cluster.environment,
    AWS_REGION: emulator.region,
    AWS_ENDPOINT: emulator.endpoint,
    AWS_ACCESS_KEY_ID: emulator.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: emulator.credentials.secretAccessKey,
    // The queue that the emulator has from the start.
    JOB_QUEUE: "default",
    EXECUTION_ROLE_ARN: "arn:aws:iam::123456789012:role/execution",
  });
  await program.waitForOutput(/node vk-batch is registered/);
  const node = await cluster.waitForNode("vk-batch");
  expect(node.status.capacity.cpu).toBe("16");

  const hello = { name: "main", image: "busybox", command: ["/bin/sh", "-c", "echo hello from a job"] };
  cluster.createPod("hello", "vk-batch", {
    restartPolicy: "Never",
    enableServiceLinks: false,
    containers: [hello],
  });
  await cluster.waitForPod("hello", ({ status }) => status?.phase === "Succeeded");
  expect(emulator.counts().jobs).toHaveLength(1);
  expect(await cluster.podLog("hello", "main")).toBe("hello from a job\n");

  cluster.deletePod("hello");
  await cluster.waitForNoPod("hello");
  expect(await program.interrupt()).toBe(0);
}, 120_000);
