import {
  createCloudWatchLogsClient,
  DefinitionRegistry,
  ensureRun,
  type LogsClient,
  latestRuns,
} from "@vkubelet/aws";
import {
  type CallContext,
  contractVersion,
  healthOf,
  type PodObservation,
  type Provider,
  type ProviderHealth,
} from "@vkubelet/core";
import { createBatchSdkClient } from "./aws-sdk-client.ts";
import type { BatchClient } from "./client.ts";
import { containerLogs } from "./container-logs.ts";
import { describeBatchNode } from "./describe-node.ts";
import { findJobs, runsOf } from "./jobs.ts";
import { type BatchOptions, parseBatchOptions } from "./options.ts";
import { batchRuns } from "./start-job.ts";
import { stopJobs } from "./stop-jobs.ts";
import { nodeJobsPrefix } from "./translate/job-names.ts";
import { observeJob } from "./translate/observe-job.ts";

/** What may be replaced, for tests and for users with clients of their own. */
export interface BatchDependencies {
  readonly batch?: BatchClient;
  readonly logs?: LogsClient;
}

/**
 * A provider that runs each pod as one AWS Batch job. A job is run once; the host submits the pod again by its restart
 * policy. Throws `InvalidInput` when an option is wrong.
 */
export function createBatchProvider(options: BatchOptions, dependencies: BatchDependencies = {}): Provider {
  const checked = parseBatchOptions(options);
  const client = dependencies.batch ?? createBatchSdkClient(checked);
  const ownLogs = dependencies.logs === undefined ? createCloudWatchLogsClient(checked) : undefined;
  const logs = dependencies.logs ?? ownLogs;
  const runs = batchRuns(client, new DefinitionRegistry(), checked);
  return {
    contractVersion,
    name: "batch",
    traits: {
      restarts: "runtime",
      absenceGraceMs: checked.absenceGraceMs ?? 120_000,
      pollIntervalMs: checked.pollIntervalMs ?? 10_000,
    },
    describeNode: (context) => describeBatchNode(client, checked, context.signal),
    createPod: (pod, context) => ensureRun(runs, pod, context),
    deletePod: (ref, _options, context) => stopJobs(client, checked, ref, context),
    listPods: (context) => listPods(client, checked, context),
    ...(logs
      ? {
          logs: (ref, logOptions, context) =>
            containerLogs({ client, logs, options: checked }, ref, logOptions, context),
        }
      : {}),
    checkHealth: (context) => queueHealth(client, checked.jobQueue, context.signal),
    [Symbol.asyncDispose]: async () => {
      client.close();
      ownLogs?.close();
    },
  };
}

async function listPods(
  client: BatchClient,
  { jobQueue, nodeName }: BatchOptions,
  { clock, signal }: CallContext,
): Promise<readonly PodObservation[]> {
  const version = clock.monotonic();
  const jobs = await findJobs(client, jobQueue, `${nodeJobsPrefix(nodeName)}*`, signal);
  // Of several jobs for one run, the oldest, which comes first.
  return latestRuns(runsOf(jobs)).flatMap(({ item }) => observeJob(item, version) ?? []);
}

function queueHealth(client: BatchClient, queue: string, signal: AbortSignal): Promise<ProviderHealth> {
  return healthOf(async () => {
    const detail = await client.describeQueue(queue, signal);
    if (detail?.state === "ENABLED" && detail.status !== "INVALID") return { healthy: true };
    const state = detail ? `is ${detail.state} and ${detail.status}` : "does not exist";
    const why = detail?.statusReason ? `: ${detail.statusReason}` : "";
    return { healthy: false, reason: "QueueNotReady", message: `job queue ${queue} ${state}${why}` };
  });
}
