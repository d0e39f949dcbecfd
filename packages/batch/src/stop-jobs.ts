import { readRun, refuseWhileUnseen, unlessGone } from "@vkubelet/aws";
import type { PodContext, PodRef } from "@vkubelet/core";
import type { BatchClient } from "./client.ts";
import { findJobs, hasEnded, runsOf } from "./jobs.ts";
import { visibleAfterMs } from "./start-job.ts";
import { podJobsPrefix } from "./translate/job-names.ts";
import { ownStopReason } from "./translate/observe-job.ts";
import type { BatchTranslateOptions } from "./translate/options.ts";

/** Asks Batch to end every job of the pod, queued or running. Throws a `Conflict` as long as Batch may not show one. */
export async function stopJobs(
  client: BatchClient,
  { jobQueue, nodeName }: BatchTranslateOptions,
  ref: PodRef,
  context: PodContext,
): Promise<void> {
  const pattern = `${podJobsPrefix(nodeName, ref.uid)}*`;
  // A job that was just submitted may not be listed yet.
  const run = readRun(context.record);
  const further = run?.id === undefined ? [] : [run.id];
  const jobs = await findJobs(client, jobQueue, pattern, context.signal, further);
  const open = jobs.filter((job) => !hasEnded(job) && !job.isTerminated);
  const reason = `${ownStopReason}the pod was deleted`;
  await Promise.all(
    open.map(({ jobId }) => unlessGone(client.terminateJob(jobId ?? "", reason, context.signal))),
  );
  const { clock } = context;
  refuseWhileUnseen({ ref, run, shown: runsOf(jobs), service: "Batch", visibleAfterMs, clock });
}
