import { readRun } from "@vkubelet/aws";
import { isProviderError, type PodContext, type PodRef } from "@vkubelet/core";
import type { BatchClient } from "./client.ts";
import { describeAllJobs, hasEnded, listAllJobs } from "./jobs.ts";
import { podJobsPrefix } from "./translate/job-names.ts";
import { ownStopReason } from "./translate/observe-job.ts";
import type { BatchTranslateOptions } from "./translate/options.ts";

/** Asks Batch to end every job of the pod, queued or running. */
export async function stopJobs(
  client: BatchClient,
  { jobQueue, nodeName }: BatchTranslateOptions,
  ref: PodRef,
  context: PodContext,
): Promise<void> {
  const pattern = `${podJobsPrefix(nodeName, ref.uid)}*`;
  const listed = await listAllJobs(client, jobQueue, pattern, context.signal);
  // A job that was just submitted may not be listed yet.
  const recorded = readRun(context.record)?.id;
  const ids = [...listed.map(({ id }) => id), ...(recorded === undefined ? [] : [recorded])];
  const jobs = await describeAllJobs(client, ids, context.signal);
  const open = jobs.filter((job) => !hasEnded(job) && !job.isTerminated);
  await Promise.all(open.map(({ jobId }) => terminate(client, jobId ?? "", context.signal)));
}

async function terminate(client: BatchClient, id: string, signal: AbortSignal): Promise<void> {
  try {
    await client.terminateJob(id, `${ownStopReason}the pod was deleted`, signal);
  } catch (error) {
    // Gone between the two calls: what was asked for has happened.
    if (isProviderError(error) && error.code === "NotFound") return;
    throw error;
  }
}
