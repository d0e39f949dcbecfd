import { type Draft, listMadeIn, objectIn, objectMadeIn, objectsIn } from "./json-draft.ts";
import { controllerReference, podFromTemplate } from "./pod-from-template.ts";
import type { PodsOptions, WorkloadSource } from "./workload-pod.ts";

const indexKey = "batch.kubernetes.io/job-completion-index";
const indexVariable = "JOB_COMPLETION_INDEX";
const trackingFinalizer = "batch.kubernetes.io/job-tracking";
/** 63 characters of a name less the five of the suffix. */
const maximumPrefix = 58;

/** A pod of a Job, as pkg/controller/job makes it, and how many run and have to succeed. */
export function jobPod(
  job: Draft,
  source: WorkloadSource,
  options: PodsOptions,
): { readonly pod: Draft; readonly replicas: number; readonly completions: number | undefined } {
  const spec = objectIn(job, "spec") ?? {};
  const owner = controllerReference("batch/v1", job, source);
  const template = objectIn(spec, "template");
  const pod = podFromTemplate(template, owner, source.namespace);
  if (spec["manualSelector"] !== true) labelAsJob(pod, source.name, owner.uid);
  const metadata = objectMadeIn(pod, "metadata") ?? {};
  const finalizers = listMadeIn(metadata, "finalizers");
  if (finalizers && !finalizers.includes(trackingFinalizer)) finalizers.push(trackingFinalizer);
  if (spec["completionMode"] === "Indexed") indexPod(pod, spec, source.name, options.index ?? 0);
  const completions = numberIn(spec, "completions");
  const parallelism = numberIn(spec, "parallelism") ?? 1;
  return { pod, replicas: Math.min(parallelism, completions ?? parallelism), completions };
}

/** generateSelector of the Job's strategy: the labels by which a Job finds its pods, old names and new. */
function labelAsJob(pod: Draft, jobName: string, uid: string): void {
  const metadata = objectMadeIn(pod, "metadata") ?? {};
  metadata["labels"] = {
    "job-name": jobName,
    "batch.kubernetes.io/job-name": jobName,
    "controller-uid": uid,
    "batch.kubernetes.io/controller-uid": uid,
    ...objectIn(metadata, "labels"),
  };
}

/** What makes the pods of an Indexed Job different from one another: label, annotation, hostname, name, environment. */
function indexPod(pod: Draft, jobSpec: Draft, jobName: string, index: number): void {
  const metadata = objectMadeIn(pod, "metadata") ?? {};
  metadata["labels"] = { ...objectIn(metadata, "labels"), [indexKey]: String(index) };
  const failures =
    jobSpec["backoffLimitPerIndex"] == null ? {} : { "batch.kubernetes.io/job-index-failure-count": "0" };
  metadata["annotations"] = {
    ...objectIn(metadata, "annotations"),
    [indexKey]: String(index),
    ...failures,
  };
  const dashed = `-${index}-`;
  const prefix = jobName + dashed;
  metadata["generateName"] =
    prefix.length <= maximumPrefix ? prefix : prefix.slice(0, maximumPrefix - dashed.length) + dashed;
  const spec = objectMadeIn(pod, "spec") ?? {};
  spec["hostname"] = `${jobName}-${index}`;
  for (const container of [...objectsIn(spec, "initContainers"), ...objectsIn(spec, "containers")]) {
    if (objectsIn(container, "env").some(({ name }) => name === indexVariable)) continue;
    const fieldRef = { apiVersion: "v1", fieldPath: `metadata.labels['${indexKey}']` };
    listMadeIn(container, "env")?.push({ name: indexVariable, valueFrom: { fieldRef } });
  }
}

function numberIn(owner: Draft, name: string): number | undefined {
  const value = owner[name];
  return typeof value === "number" ? value : undefined;
}
