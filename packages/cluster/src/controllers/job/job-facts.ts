import type { Json, KubeObject } from "../../api/objects.ts";
import { isTerminatingPod } from "../pod-facts.ts";

/** Finalizer that keeps a pod until its end has been counted. */
export const trackingFinalizer = "batch.kubernetes.io/job-tracking";

/** The condition of a Job that holds; undefined when it does not. */
export function holdingCondition(job: KubeObject, type: string): Json {
  return (job.status?.conditions ?? []).find((entry: Json) => entry.type === type && entry.status === "True");
}

/** True when a Job has completed or failed for good. */
export function isOver(job: KubeObject): boolean {
  return Boolean(holdingCondition(job, "Complete") ?? holdingCondition(job, "Failed"));
}

/** True when another controller than the cluster's own runs the Job. */
export function isManagedElsewhere(job: KubeObject): boolean {
  const { managedBy } = job.spec;
  return managedBy !== undefined && managedBy !== "kubernetes.io/job-controller";
}

export function isIndexed(job: KubeObject): boolean {
  return job.spec.completionMode === "Indexed";
}

export function hasLimitPerIndex(job: KubeObject): boolean {
  return job.spec.backoffLimitPerIndex !== undefined;
}

/** True when pods are replaced only after they have failed, not as soon as they are being deleted. */
export function replacesOnlyFailed(job: KubeObject): boolean {
  return job.spec.podReplacementPolicy === "Failed";
}

export function isTracked(pod: KubeObject): boolean {
  return pod.metadata.finalizers?.includes(trackingFinalizer) ?? false;
}

/** Whether a Job takes a pod for failed: one that is being deleted too, unless it waits for the end of its pods. */
export function isFailedPod(job: KubeObject, pod: KubeObject): boolean {
  return pod.status?.phase === "Failed" || (!replacesOnlyFailed(job) && isTerminatingPod(pod));
}

function restartCount(pods: readonly KubeObject[]): number {
  const statuses = pods.flatMap((pod) => [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ]);
  return statuses.reduce((total, status: Json) => total + (status.restartCount ?? 0), 0);
}

/** True when containers that are restarted in place were restarted as often as the Job lets pods fail. */
export function isPastRestartLimit(job: KubeObject, pods: readonly KubeObject[]): boolean {
  if (job.spec.template.spec.restartPolicy !== "OnFailure") return false;
  const living = pods.filter(({ status }) => status?.phase === "Running" || status?.phase === "Pending");
  return restartCount(living) >= Math.max(1, job.spec.backoffLimit);
}

/** Pods that have ended and are not counted in the status yet; those of an Indexed Job need an index that it has. */
export function isUncounted(job: KubeObject, pod: KubeObject, index: number | undefined): boolean {
  return isTracked(pod) && (!isIndexed(job) || (index !== undefined && index < job.spec.completions));
}
