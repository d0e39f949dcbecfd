import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateClusterCommand, DescribeTasksCommand, ECSClient, ListTasksCommand } from "@aws-sdk/client-ecs";
import { createFargateProvider } from "@vkubelet/fargate";
import { type ProviderUnderTest, shellWorkloads, type WorkloadContainer } from "@vkubelet/testing";
import { testProviderContract } from "@vkubelet/testing/vitest";
import {
  type AwsServer,
  type DockerEngine,
  peerOrSkip,
  startDockerEngine,
  startMinistack,
} from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe } from "vitest";
import { useTestCredentials } from "./emulated-nodes.ts";

const region = "us-east-1";
const group = "/vkubelet/e2e";
const ready = (await peerOrSkip("docker")) && (await peerOrSkip("ministack"));

/** How many tasks of the cluster, running or stopped, were started for the UID. */
async function tasksOf(ecs: ECSClient, cluster: string, uid: string): Promise<number> {
  const lists = await Promise.all(
    (["RUNNING", "STOPPED"] as const).map((desiredStatus) =>
      ecs.send(new ListTasksCommand({ cluster, desiredStatus })),
    ),
  );
  const arns = [...new Set(lists.flatMap(({ taskArns = [] }) => taskArns))];
  if (arns.length === 0) return 0;
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: arns }));
  return tasks.filter(({ startedBy }) => startedBy?.endsWith(uid)).length;
}

/** What ministack cannot be made to do wrong. */
const faults = [
  "create.loseReply",
  "create.hang",
  "create.unavailable",
  "create.throttled",
  "create.unauthorized",
  "create.capacity",
  "list.hang",
  "list.unavailable",
  "list.partial",
  "list.throttled",
  "list.unauthorized",
  "stop.hang",
  "stop.unavailable",
  "health.unavailable",
] as const;

const noOrder = "ministack starts the containers of a task at once, whatever they depend on";
const noExitCode = "ministack forgets the exit codes of a task that is stopped";

describe.runIf(ready)("on Fargate, against ministack", () => {
  let engine: DockerEngine;
  let server: AwsServer;
  let clusters = 0;

  beforeAll(async () => {
    useTestCredentials();
    engine = await startDockerEngine();
    server = await startMinistack({ dockerHost: engine.host });
    const logs = new CloudWatchLogsClient({ region, endpoint: server.endpoint });
    await logs.send(new CreateLogGroupCommand({ logGroupName: group }));
    logs.destroy();
  });
  afterAll(async () => {
    await server?.stop();
    await engine?.stop();
  });

  /** ministack ignores entryPoint. */
  const withoutEntryPoint = ({ command, ...container }: WorkloadContainer): WorkloadContainer => ({
    ...container,
    image: engine.busyboxImage,
    ...(command ? { args: command } : {}),
  });

  async function open(): Promise<ProviderUnderTest> {
    const { endpoint } = server;
    const ecs = new ECSClient({ region, endpoint });
    const cluster = `pods-${clusters++}`;
    await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
    const create = (nodeName: string) =>
      createFargateProvider({
        nodeName,
        region,
        endpoint,
        cluster,
        subnets: ["subnet-1"],
        executionRoleArn: "arn:aws:iam::000000000000:role/execution",
        logs: { group },
        secrets: "plain",
        writerImage: engine.busyboxImage,
        sentinelImage: engine.busyboxImage,
        absenceGraceMs: 1_000,
      });
    let provider = create("vk-1");
    return {
      provider,
      reopen: async () => {
        await provider[Symbol.asyncDispose]?.();
        provider = create("vk-1");
        return provider;
      },
      neighbour: async () => create("vk-2"),
      workloads: {
        ...shellWorkloads(withoutEntryPoint),
        impossible: () => ({
          container: { image: "busybox", securityContext: { procMount: "Unmasked" } },
          field: "securityContext.procMount",
        }),
      },
      runsOf: (uid) => tasksOf(ecs, cluster, uid),
      limitMs: 15_000,
      pollIntervalMs: 200,
      close: async () => {
        await provider[Symbol.asyncDispose]?.();
        ecs.destroy();
      },
    };
  }

  testProviderContract("pods as containers of Docker", {
    open,
    omit: [
      ...faults.map((fault) => ({
        need: `fault:${fault}` as const,
        reason: "ministack has no faults to plan",
      })),
      { need: "watchPods", reason: "ECS is polled, since it tells nobody of a change by itself" },
      { need: "updatePod", reason: "ECS cannot change a task" },
      { need: "exec", reason: "commands are not run in tasks of ECS yet" },
      { need: "releasePod", reason: "ECS forgets a stopped task by itself" },
      { need: "restarts:provider", reason: "ECS runs a task once" },
      { case: "status/created-is-listed", reason: "ECS shows a task some time after it was started" },
      { case: "lifecycle/init", reason: noOrder },
      { case: "status/one-ended", reason: noOrder },
      { case: "deletion/graceful", reason: noExitCode },
      { case: "deletion/kill", reason: noExitCode },
      { case: "deletion/accepted", reason: "ministack answers StopTask when the containers have ended" },
    ],
  });
});
