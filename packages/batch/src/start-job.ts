import { type DefinitionRegistry, isDefiniteRefusal, type RunBackend } from "@vkubelet/aws";
import { acceptTranslation } from "@vkubelet/pod";
import type { BatchClient } from "./client.ts";
import { findJobs, hasEnded, runsOf } from "./jobs.ts";
import { jobName } from "./translate/job-names.ts";
import { ownStopReason } from "./translate/observe-job.ts";
import type { BatchTranslateOptions } from "./translate/options.ts";
import type { BatchRequests } from "./translate/requests.ts";
import { batchTranslator } from "./translate/translate-pod.ts";

/** For how long a job that was submitted may be missing from a listing. */
export const visibleAfterMs = 60_000;

/** Batch keeps ended jobs for at least 7 days; some hours are left for clocks that differ. */
const forgottenAfterMs = (7 * 24 - 6) * 3_600_000;

/** Batch as {@link RunBackend}: SubmitJob has no token, so only looking protects from a second job. */
export function batchRuns(
  client: BatchClient,
  definitions: DefinitionRegistry,
  options: BatchTranslateOptions,
): RunBackend<BatchRequests> {
  return {
    service: "Batch",
    visibleAfterMs,
    forgottenAfterMs,
    translate: (pod, context) => {
      const requests = acceptTranslation(batchTranslator.translate(pod, options), "batch", context);
      return { definition: requests.registerJobDefinition.jobDefinitionName ?? "", requests };
    },
    ensureDefinition: ({ registerJobDefinition }, signal) => {
      const name = registerJobDefinition.jobDefinitionName ?? "";
      const calls = {
        exists: async () => (await client.findJobDefinition(name, signal)) !== undefined,
        register: () => client.registerJobDefinition(registerJobDefinition, signal),
      };
      return definitions.ensure(name, calls, signal);
    },
    find: async (pod, _run, signal) => {
      const name = jobName(options.nodeName, pod.ref, pod.attempt);
      const jobs = await findJobs(client, options.jobQueue, name, signal);
      return runsOf(jobs).map(({ id, item }) => ({ id, ended: hasEnded(item) }));
    },
    create: async (_pod, { submitJob }, run, signal) => {
      try {
        return { type: "created", id: await client.submitJob(submitJob, signal) };
      } catch (error) {
        if (isDefiniteRefusal(error)) definitions.forget(run.definition);
        throw error;
      }
    },
    stop: (id, reason, signal) => client.terminateJob(id, `${ownStopReason}${reason}`, signal),
  };
}
