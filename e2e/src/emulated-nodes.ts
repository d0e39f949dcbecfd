import { CreateClusterCommand, ECSClient } from "@aws-sdk/client-ecs";
import { type AwsEmulator, startAwsEmulator } from "@vkubelet/aws-emulator";
import { createBatchProvider } from "@vkubelet/batch";
import { createFargateProvider } from "@vkubelet/fargate";
import type { TestCluster } from "./test-cluster.ts";
import { type RunningNode, startVirtualNode } from "./virtual-nodes.ts";

/** The SDK's default credentials come from the environment. */
export function useTestCredentials(): void {
  process.env["AWS_ACCESS_KEY_ID"] ??= "test";
  process.env["AWS_SECRET_ACCESS_KEY"] ??= "test";
}

/** Settings of a Fargate provider for an emulator, as a configuration file would have them. */
export function emulatedFargateOptions(emulator: AwsEmulator) {
  return {
    region: emulator.region,
    endpoint: emulator.endpoint,
    cluster: "pods",
    subnets: ["subnet-1"],
    executionRoleArn: "arn:aws:iam::123456789012:role/execution",
    logs: { group: "/vkubelet/e2e", createGroup: true },
    secrets: "plain" as const,
    writerImage: "busybox",
    sentinelImage: "busybox",
    pollIntervalMs: 500,
    absenceGraceMs: 5_000,
  };
}

/** Settings of a Batch provider for an emulator. */
export function emulatedBatchOptions(emulator: AwsEmulator) {
  return {
    region: emulator.region,
    endpoint: emulator.endpoint,
    jobQueue: "default",
    executionRoleArn: "arn:aws:iam::123456789012:role/execution",
    secrets: "plain" as const,
    entryPoint: "assume-none" as const,
    writerImage: "busybox",
    sentinelImage: "busybox",
    pollIntervalMs: 500,
    absenceGraceMs: 5_000,
  };
}

export async function createEcsCluster(endpoint: string, region: string): Promise<void> {
  const ecs = new ECSClient({ region, endpoint });
  await ecs.send(new CreateClusterCommand({ clusterName: "pods" }));
  ecs.destroy();
}

/** A node whose pods are ECS tasks of the project's own emulator, which follows the documented rules. */
export async function startEmulatedFargateNode(cluster: TestCluster): Promise<RunningNode> {
  useTestCredentials();
  const emulator = await startAwsEmulator();
  await createEcsCluster(emulator.endpoint, emulator.region);
  const provider = createFargateProvider({ nodeName: "vk-fargate", ...emulatedFargateOptions(emulator) });
  return startVirtualNode(cluster, "fargate", provider, {
    cleanUp: async () => emulator[Symbol.asyncDispose](),
  });
}

/** A node whose pods are Batch jobs of the project's own emulator. */
export async function startEmulatedBatchNode(cluster: TestCluster): Promise<RunningNode> {
  useTestCredentials();
  const emulator = await startAwsEmulator();
  const provider = createBatchProvider({ nodeName: "vk-batch", ...emulatedBatchOptions(emulator) });
  return startVirtualNode(cluster, "batch", provider, {
    cleanUp: async () => emulator[Symbol.asyncDispose](),
  });
}
