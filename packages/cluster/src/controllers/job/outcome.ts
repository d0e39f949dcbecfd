import type { KubeObject } from "../../api/objects.ts";
import { judgeFailure } from "./failure-policy.ts";
import { holdingCondition, isFailedPod, isPastRestartLimit } from "./job-facts.ts";
import type { JobView } from "./job-view.ts";
import { metSuccessPolicy } from "./success-policy.ts";

/** That and why a Job is to end. Its pods are stopped first; only then `terminal` is set. */
export interface Outcome {
  readonly interim: "SuccessCriteriaMet" | "FailureTarget";
  readonly terminal: "Complete" | "Failed";
  readonly reason: string;
  readonly message: string;
}

function success(reason: string, message: string): Outcome {
  return { interim: "SuccessCriteriaMet", terminal: "Complete", reason, message };
}

function failure(reason: string, message: string): Outcome {
  return { interim: "FailureTarget", terminal: "Failed", reason, message };
}

/** The end that an earlier look decided on. */
function decided(job: KubeObject): Outcome | undefined {
  const met = holdingCondition(job, "SuccessCriteriaMet");
  if (met) return success(met.reason, met.message);
  const target = holdingCondition(job, "FailureTarget");
  return target && failure(target.reason, target.message);
}

function byPolicy({ job, pods }: JobView): Outcome | undefined {
  for (const pod of pods) {
    const { message } = isFailedPod(job, pod) ? judgeFailure(job, pod) : {};
    if (message !== undefined) return failure("PodFailurePolicy", message);
  }
  return undefined;
}

/** Milliseconds until a Job has run for as long as it may; undefined when it has no deadline or is suspended. */
export function deadlineLeft(
  job: KubeObject,
  startTime: string | undefined,
  now: number,
): number | undefined {
  const deadline = job.spec.activeDeadlineSeconds;
  if (deadline === undefined || startTime === undefined || job.spec.suspend) return undefined;
  return Math.max(0, Date.parse(startTime) + deadline * 1000 - now);
}

function byIndexes({ job, failedIndexes, succeededIndexes }: JobView): Outcome | undefined {
  const { maxFailedIndexes, completions } = job.spec;
  const failed = failedIndexes?.size ?? 0;
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes) {
    const message = "Job has exceeded the specified maximal number of failed indexes";
    return failure("MaxFailedIndexesExceeded", message);
  }
  if (failed > 0 && failed + succeededIndexes.size >= completions)
    return failure("FailedIndexes", "Job has failed indexes");
  return undefined;
}

/** Why a Job has to end before its pods have done all their work; undefined when it goes on. */
export function earlyOutcome(view: JobView, startTime: string | undefined, now: number): Outcome | undefined {
  const { job, pods, failed } = view;
  const before = decided(job) ?? byPolicy(view);
  if (before) return before;
  if (failed > job.spec.backoffLimit || isPastRestartLimit(job, pods))
    return failure("BackoffLimitExceeded", "Job has reached the specified backoff limit");
  if (deadlineLeft(job, startTime, now) === 0)
    return failure("DeadlineExceeded", "Job was active longer than specified deadline");
  const met = metSuccessPolicy(job, view.succeededIndexes);
  return byIndexes(view) ?? (met === undefined ? undefined : success("SuccessPolicy", met));
}

/** Success by enough completions, when no pod runs any more. */
export function completion({ job, succeeded }: JobView, active: number): Outcome | undefined {
  const { completions } = job.spec;
  const enough = completions === undefined ? succeeded > 0 : succeeded >= completions;
  return enough && active === 0
    ? success("CompletionsReached", "Reached expected number of succeeded pods")
    : undefined;
}
