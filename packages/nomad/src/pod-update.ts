import { formatPodRef, type PodContext, ProviderError, type ResolvedPod } from "@vkubelet/core";
import { requestsOf } from "@vkubelet/pod";
import type { NomadClient } from "./client.ts";
import { jobId, metaKeys } from "./translate/identity.ts";
import type { NomadTranslateOptions } from "./translate/options.ts";
import { nomadTranslator } from "./translate/translate-pod.ts";

/**
 * Carries changed Secrets and renewed tokens to a pod: its variables are written again, and Nomad renders the files that
 * read them anew; environment variables keep their values, as in Kubernetes. Everything else stands in the job, and a
 * changed job would end the pod's tasks: that is `Unsupported`.
 */
export async function updateVariables(
  client: NomadClient,
  pod: ResolvedPod,
  options: NomadTranslateOptions,
  context: PodContext,
): Promise<void> {
  const job = await client.readJob(jobId(options.nodeName, pod.ref.uid), context.signal);
  if (job === undefined || job.Stop === true) {
    const why = job === undefined ? "Nomad does not know its job" : "its job is stopped";
    throw new ProviderError("NotFound", `update of ${formatPodRef(pod.ref)} failed: ${why}`);
  }
  // The measure that the job was made with: another one would look like a changed job.
  const mhzPerCore = Number(job.Meta?.[metaKeys.mhzPerCore] ?? options.mhzPerCore);
  const requests = requestsOf(nomadTranslator.translate(pod, { ...options, mhzPerCore }), "nomad");
  if (requests.register.Job.Meta[metaKeys.specHash] !== job.Meta?.[metaKeys.specHash]) {
    throw new ProviderError(
      "Unsupported",
      `update of ${formatPodRef(pod.ref)} failed: only the content of Secrets and tokens reaches a running Nomad job; create the pod anew`,
      { reason: "NomadJobImmutable" },
    );
  }
  for (const variable of requests.variables) {
    await client.putVariable(variable.path, variable.items, context.signal);
  }
}
