import { createCloudWatchLogsClient, DefinitionRegistry, ensureRun, type LogsClient } from "@vkubelet/aws";
import { contractVersion, healthOf, type Provider, type ProviderHealth } from "@vkubelet/core";
import { createEcsSdkClient } from "./aws-sdk-client.ts";
import type { FargateClient } from "./client.ts";
import { containerLogs } from "./container-logs.ts";
import { describeFargateNode } from "./describe-node.ts";
import { ListedRuns, listNodeRuns } from "./list-runs.ts";
import { type FargateOptions, parseFargateOptions } from "./options.ts";
import { fargateRuns } from "./start-run.ts";
import { stopIllTasks } from "./stop-ill-tasks.ts";
import { stopRuns } from "./stop-runs.ts";
import { observeTask } from "./translate/observe-task.ts";

/** What may be replaced, for tests and for users with clients of their own. */
export interface FargateDependencies {
  readonly ecs?: FargateClient;
  readonly logs?: LogsClient;
}

/**
 * A provider that runs each pod as one ECS task on Fargate. A task is run once; the host runs the pod again by its
 * restart policy. Throws `InvalidInput` when an option is wrong.
 */
export function createFargateProvider(
  options: FargateOptions,
  dependencies: FargateDependencies = {},
): Provider {
  const checked = parseFargateOptions(options);
  const client = dependencies.ecs ?? createEcsSdkClient(checked);
  const ownLogs = dependencies.logs === undefined ? createCloudWatchLogsClient(checked) : undefined;
  const logs = dependencies.logs ?? ownLogs;
  const runs = fargateRuns(client, new DefinitionRegistry(), checked);
  const listed = new ListedRuns();
  const { absenceGraceMs = 120_000 } = checked;
  return {
    contractVersion,
    name: "fargate",
    traits: {
      restarts: "runtime",
      absenceGraceMs,
      pollIntervalMs: checked.pollIntervalMs ?? 5000,
    },
    describeNode: async () => describeFargateNode(checked),
    createPod: (pod, context) => ensureRun(runs, pod, context),
    deletePod: (ref, _options, context) => stopRuns(client, { ...checked, absenceGraceMs }, ref, context),
    listPods: async (context) => {
      const version = context.clock.monotonic();
      listed.replace(await listNodeRuns(client, checked, context.signal));
      await stopIllTasks(client, checked.cluster, listed.latest(), context.signal);
      return listed.latest().flatMap(({ item }) => observeTask(item, version) ?? []);
    },
    ...(checked.logs && logs
      ? {
          logs: (ref, logOptions, context) =>
            containerLogs({ client, logs, listed, options: checked }, ref, logOptions, context),
        }
      : {}),
    checkHealth: (context) => clusterHealth(client, checked.cluster, context.signal),
    [Symbol.asyncDispose]: async () => {
      client.close();
      ownLogs?.close();
    },
  };
}

function clusterHealth(client: FargateClient, cluster: string, signal: AbortSignal): Promise<ProviderHealth> {
  return healthOf(async () => {
    const status = await client.clusterStatus(cluster, signal);
    if (status === "ACTIVE") return { healthy: true };
    return {
      healthy: false,
      reason: "ClusterNotActive",
      message: `cluster ${cluster} ${status === undefined ? "does not exist" : `is ${status}`}`,
    };
  });
}
