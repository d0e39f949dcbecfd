import {
  formatPodRef,
  type PodContext,
  ProviderError,
  type ResolvedContainer,
  type ResolvedPod,
} from "@vkubelet/core";
import { requestsOf } from "@vkubelet/pod";
import type { NomadClient } from "./client.ts";
import { jobId, metaKeys } from "./translate/identity.ts";
import type { NomadTranslateOptions } from "./translate/options.ts";
import { nomadTranslator } from "./translate/translate-pod.ts";

/**
 * Carries changed Secrets and renewed tokens to a pod: the files of its variables are written again, and Nomad renders
 * those that read them anew. Environments stay as the containers were started with, as in Kubernetes. Everything else
 * stands in the job, and a changed job would end the pod's tasks: that is `Unsupported`.
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
  const translation = nomadTranslator.translate(withoutStart(pod), { ...options, mhzPerCore });
  const requests = requestsOf(translation, "nomad");
  if (requests.register.Job.Meta[metaKeys.specHash] !== job.Meta?.[metaKeys.specHash]) {
    throw new ProviderError(
      "Unsupported",
      `update of ${formatPodRef(pod.ref)} failed: only the content of Secrets and tokens reaches a running Nomad job; create the pod anew`,
      { reason: "NomadJobImmutable" },
    );
  }
  for (const { path, items } of requests.variables) {
    const known = await client.readVariable(path, context.signal);
    await client.putVariable(path, { ...known, ...items }, context.signal);
  }
}

/** What a container was started with is not known any more: it may have come from objects that changed since. */
function withoutStart(pod: ResolvedPod): ResolvedPod {
  const without = (container: ResolvedContainer): ResolvedContainer => ({ ...container, env: [] });
  return {
    ...pod,
    pullCredentials: [],
    initContainers: pod.initContainers.map(without),
    containers: pod.containers.map(without),
  };
}
