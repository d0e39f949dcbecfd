import { formatTime, type Json, type KubeObject } from "../../api/objects.ts";
import { isActivePod, isReadyPod, isTerminatingPod } from "../pod-facts.ts";
import { judgeFailure } from "./failure-policy.ts";
import { completionIndex, formatIndexes, parseIndexes } from "./indexes.ts";
import { isFailedPod, isIndexed, isTracked, isUncounted } from "./job-facts.ts";
import type { JobView } from "./job-view.ts";
import type { Outcome } from "./outcome.ts";

/** Pods whose end is counted, or that are not to be counted any more: their finalizer can go. */
export function releasable({ job, pods, awaiting }: JobView, outcome: Outcome | undefined): KubeObject[] {
  const all = Boolean(job.metadata.deletionTimestamp ?? outcome);
  return pods.filter((pod) => {
    if (!isTracked(pod)) return false;
    if (all || pod.status?.phase === "Succeeded") return true;
    const index = completionIndex(pod);
    return isFailedPod(job, pod) && (index === undefined || awaiting.get(index) !== pod);
  });
}

/** True when a pod adds to the failures: also one that runs while the Job fails. */
function countsAsFailed(job: KubeObject, pod: KubeObject, outcome: Outcome | undefined): boolean {
  if (pod.status?.phase === "Succeeded" || !isUncounted(job, pod, completionIndex(pod))) return false;
  if (!isFailedPod(job, pod) && outcome?.terminal !== "Failed") return false;
  return judgeFailure(job, pod).counts;
}

/** The status with the ends of `released` counted into it. */
export function withCounts(
  view: JobView,
  status: Json,
  released: readonly KubeObject[],
  outcome: Outcome | undefined,
): Json {
  const { job, failedIndexes } = view;
  const failed = (status.failed ?? 0) + released.filter((pod) => countsAsFailed(job, pod, outcome)).length;
  const done = released.filter(
    (pod) => pod.status?.phase === "Succeeded" && isUncounted(job, pod, completionIndex(pod)),
  );
  const next: Json = { ...status };
  if (isIndexed(job)) {
    const completed = parseIndexes(status.completedIndexes, job.spec.completions);
    for (const pod of done) completed.add(completionIndex(pod) ?? 0);
    next.succeeded = completed.size;
    next.completedIndexes = formatIndexes(completed);
    if (next.completedIndexes === "") delete next.completedIndexes;
    if (failedIndexes) next.failedIndexes = formatIndexes(failedIndexes);
  } else {
    next.succeeded = (status.succeeded ?? 0) + done.length;
  }
  next.failed = failed;
  if (next.succeeded === 0) delete next.succeeded;
  if (next.failed === 0) delete next.failed;
  return { ...next, uncountedTerminatedPods: {} };
}

/** The status with what the pods are doing now. */
export function withActivity(status: Json, pods: readonly KubeObject[]): Json {
  const { active: _active, ...rest } = status;
  const active = pods.filter(isActivePod);
  return {
    ...rest,
    ...(active.length > 0 ? { active: active.length } : {}),
    ready: active.filter(isReadyPod).length,
    terminating: pods.filter(isTerminatingPod).length,
  };
}

/** Sets a condition of a Job: new times go with any news in it, and one that was never true is not written as false. */
export function withJobCondition(status: Json, condition: Json, now: number): Json {
  const time = formatTime(now);
  const entry = { ...condition, lastProbeTime: time, lastTransitionTime: time };
  const conditions: Json[] = status.conditions ?? [];
  const old = conditions.find(({ type }) => type === condition.type);
  if (!old) return condition.status === "False" ? status : { ...status, conditions: [...conditions, entry] };
  const same = ["status", "reason", "message"].every((field) => old[field] === condition[field]);
  if (same) return status;
  return { ...status, conditions: conditions.map((candidate) => (candidate === old ? entry : candidate)) };
}

/** The status of a Job that runs or is held: its condition and its start, which begins anew when it is resumed. */
export function withSuspension(job: KubeObject, status: Json, now: number): Json {
  const suspended = Boolean(job.spec.suspend);
  const condition = suspended
    ? { type: "Suspended", status: "True", reason: "JobSuspended", message: "Job suspended" }
    : { type: "Suspended", status: "False", reason: "JobResumed", message: "Job resumed" };
  const next = withJobCondition(status, condition, now);
  if (next === status) return status;
  const { startTime: _start, ...rest } = next;
  return suspended ? rest : { ...rest, startTime: formatTime(now) };
}
