import type { KubeObject } from "../api/objects.ts";
import { validateJobSpec, validateJobUpdate } from "./job-validation.ts";
import type { Strategy } from "./resource-type.ts";
import { defaultTemplate } from "./workload-strategies.ts";

function defaultJob(job: KubeObject): void {
  const spec = job.spec ?? {};
  job.spec = spec;
  defaultTemplate(spec.template);
  if (spec.completions === undefined && spec.parallelism === undefined) {
    spec.completions = 1;
    spec.parallelism = 1;
  }
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647;
  spec.completionMode ??= "NonIndexed";
  spec.suspend ??= false;
  spec.manualSelector ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? "Failed" : "TerminatingOrFailed";
}

/** The labels by which a Job finds its pods: made from its uid unless the user selects by hand. */
function generateSelector(job: KubeObject): void {
  if (job.spec.manualSelector) return;
  const uid = job.metadata.uid ?? "";
  const labels: Record<string, string> = {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": job.metadata.name,
    "controller-uid": uid,
    "job-name": job.metadata.name,
  };
  job.spec.selector = { matchLabels: { "batch.kubernetes.io/controller-uid": uid } };
  if (job.spec.template) {
    job.spec.template.metadata.labels = { ...job.spec.template.metadata.labels, ...labels };
    // A Job without labels takes those of its template, as the API server's defaulting does.
    job.metadata.labels ??= { ...job.spec.template.metadata.labels };
  }
}

export const jobStrategy: Strategy = {
  generation: true,
  orphansByDefault: true,
  defaults: defaultJob,
  prepareCreate(job) {
    generateSelector(job);
    job.status = {};
  },
  validate: (job) => validateJobSpec(job.spec, "spec"),
  validateUpdate: validateJobUpdate,
  fields: (job) => ({ "status.successful": String(job.status?.succeeded ?? 0) }),
};
