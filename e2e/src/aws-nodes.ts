import { CreateClusterCommand, ECSClient } from "@aws-sdk/client-ecs";
import { createBatchProvider } from "@vkubelet/batch";
import { createFargateProvider } from "@vkubelet/fargate";
import {
  type DockerEngine,
  localbatchQueue,
  startDockerEngine,
  startLocalbatch,
  startMinistack,
} from "@vkubelet-tools/peers";
import type { TestCluster } from "./test-cluster.ts";
import { type RunningNode, startVirtualNode } from "./virtual-nodes.ts";

const region = "us-east-1";

let engine: Promise<DockerEngine> | undefined;
let engineUsers = 0;

/** One Docker engine for both AWS nodes; the last to leave stops it. */
async function useEngine(): Promise<{ readonly engine: DockerEngine; readonly leave: () => Promise<void> }> {
  engine ??= startDockerEngine();
  engineUsers += 1;
  const shared = await engine;
  return {
    engine: shared,
    leave: async () => {
      engineUsers -= 1;
      if (engineUsers > 0) return;
      engine = undefined;
      await shared.stop();
    },
  };
}

/** A node whose pods are ECS tasks of ministack, which runs them as real containers. */
export async function startFargateNode(cluster: TestCluster): Promise<RunningNode> {
  process.env["AWS_ACCESS_KEY_ID"] ??= "test";
  process.env["AWS_SECRET_ACCESS_KEY"] ??= "test";
  const { engine: docker, leave } = await useEngine();
  const server = await startMinistack({ dockerHost: docker.host });
  const ecs = new ECSClient({ region, endpoint: server.endpoint });
  await ecs.send(new CreateClusterCommand({ clusterName: "pods" }));
  ecs.destroy();
  const provider = createFargateProvider({
    nodeName: "vk-fargate",
    region,
    endpoint: server.endpoint,
    cluster: "pods",
    subnets: ["subnet-1"],
    logs: { group: "/vkubelet/e2e", createGroup: true },
    secrets: "plain",
    writerImage: docker.busyboxImage,
    sentinelImage: docker.busyboxImage,
    pollIntervalMs: 500,
    absenceGraceMs: 5_000,
  });
  return startVirtualNode(cluster, "fargate", provider, {
    image: docker.busyboxImage,
    cleanUp: async () => {
      await server.stop();
      await leave();
    },
  });
}

/** A node whose pods are Batch jobs of localbatch, which runs them as real containers. */
export async function startBatchNode(cluster: TestCluster): Promise<RunningNode> {
  process.env["AWS_ACCESS_KEY_ID"] ??= "test";
  process.env["AWS_SECRET_ACCESS_KEY"] ??= "test";
  const { engine: docker, leave } = await useEngine();
  const server = await startLocalbatch({ dockerHost: docker.host });
  const provider = createBatchProvider({
    nodeName: "vk-batch",
    region,
    endpoint: server.endpoint,
    jobQueue: localbatchQueue,
    entryPoint: "assume-none",
    executionRoleArn: "arn:aws:iam::123456789012:role/execution",
    writerImage: docker.busyboxImage,
    sentinelImage: docker.busyboxImage,
    secrets: "plain",
    pollIntervalMs: 500,
    absenceGraceMs: 5_000,
  });
  return startVirtualNode(cluster, "batch", provider, {
    image: docker.busyboxImage,
    cleanUp: async () => {
      await server.stop();
      await leave();
    },
  });
}
