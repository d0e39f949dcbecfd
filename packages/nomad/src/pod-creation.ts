import {
  formatPodRef,
  isProviderError,
  type PodContext,
  ProviderError,
  type ResolvedPod,
} from "@vkubelet/core";
import { approximationNotice, requestsOf } from "@vkubelet/pod";
import { jobExistsReason, type NomadClient } from "./client.ts";
import { metaKeys } from "./translate/identity.ts";
import type { NomadTranslateOptions } from "./translate/options.ts";
import { nomadTranslator } from "./translate/translate-pod.ts";
import type { JobDetail } from "./wire.ts";

/**
 * Sees to it that the pod's one job exists. The job's ID holds the pod's UID and Nomad registers it only if it is not
 * there, so that whatever was lost on the way, a repeated call finds the job or makes it, never a second one.
 * A job that is there is left as it is, ended or not.
 */
export async function createJob(
  client: NomadClient,
  pod: ResolvedPod,
  options: NomadTranslateOptions,
  context: PodContext,
): Promise<JobDetail | undefined> {
  const translation = nomadTranslator.translate(pod, options);
  const requests = requestsOf(translation, "nomad");
  const id = requests.register.Job.ID;
  const existing = await client.readJob(id, context.signal);
  if (existing !== undefined) return adopt(existing, pod, options, context);
  const notice = approximationNotice(translation.report);
  if (notice) context.notify(notice);
  for (const variable of requests.variables) {
    await client.putVariable(variable.path, variable.items, context.signal);
  }
  try {
    const warnings = await client.registerJob(requests.register, context.signal);
    if (warnings !== "") context.notify({ type: "Warning", reason: "NomadWarning", message: warnings });
    return undefined;
  } catch (error) {
    if (!isProviderError(error) || error.reason !== jobExistsReason) throw error;
    const winner = await client.readJob(id, context.signal);
    if (winner === undefined) throw error;
    return adopt(winner, pod, options, context);
  }
}

function adopt(
  job: JobDetail,
  pod: ResolvedPod,
  options: NomadTranslateOptions,
  context: PodContext,
): JobDetail {
  const uid = job.Meta?.[metaKeys.uid];
  const node = job.Meta?.[metaKeys.node];
  if (uid !== pod.ref.uid || node !== options.nodeName) {
    const holder = `pod ${uid ?? "(none)"} of node ${node ?? "(none)"}`;
    throw new ProviderError(
      "Conflict",
      `create of ${formatPodRef(pod.ref)} failed: Nomad job ${job.ID} belongs to ${holder}; remove that job`,
      { reason: "NomadJobForeign" },
    );
  }
  context.logger.debug("job exists already and is kept", { job: job.ID });
  return job;
}
