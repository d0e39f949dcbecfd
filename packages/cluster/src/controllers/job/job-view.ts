import type { KubeObject } from "../../api/objects.ts";
import { isActivePod } from "../pod-facts.ts";
import { judgeFailure } from "./failure-policy.ts";
import { awaitingReplacement, failsIndex } from "./index-failures.ts";
import { completionIndex, parseIndexes } from "./indexes.ts";
import { hasLimitPerIndex, isFailedPod, isIndexed, isUncounted } from "./job-facts.ts";

/** One look at a Job: what its status and its pods say together. */
export interface JobView {
  readonly job: KubeObject;
  readonly pods: readonly KubeObject[];
  readonly active: readonly KubeObject[];
  /** Pods that have ended since the status was written. */
  readonly newlySucceeded: readonly KubeObject[];
  readonly newlyFailed: readonly KubeObject[];
  /** How many have succeeded; the indexes, of an Indexed Job. */
  readonly succeeded: number;
  /** How many failures count towards the limit. */
  readonly failed: number;
  readonly succeededIndexes: ReadonlySet<number>;
  /** Indexes that have failed for good; undefined without a limit of failures for each. */
  readonly failedIndexes: ReadonlySet<number> | undefined;
  /** The last failed pod of indexes that have no pod now. */
  readonly awaiting: ReadonlyMap<number, KubeObject>;
}

function indexesOf(pods: readonly KubeObject[]): Set<number> {
  return new Set(pods.map(completionIndex).filter((index) => index !== undefined));
}

function failedIndexesOf(job: KubeObject, newlyFailed: readonly KubeObject[]): Set<number> | undefined {
  if (!hasLimitPerIndex(job)) return undefined;
  const failing = newlyFailed.filter((pod) => failsIndex(job, pod));
  return new Set([...parseIndexes(job.status?.failedIndexes, job.spec.completions), ...indexesOf(failing)]);
}

/** Looks at a Job with the pods that it controls. */
export function viewJob(job: KubeObject, pods: readonly KubeObject[]): JobView {
  const uncounted = pods.filter((pod) => isUncounted(job, pod, completionIndex(pod)));
  const newlySucceeded = uncounted.filter((pod) => pod.status?.phase === "Succeeded");
  const newlyFailed = uncounted.filter((pod) => isFailedPod(job, pod));
  const active = pods.filter(isActivePod);
  const succeededIndexes = isIndexed(job)
    ? new Set([
        ...parseIndexes(job.status?.completedIndexes, job.spec.completions),
        ...indexesOf(newlySucceeded),
      ])
    : new Set<number>();
  const failedIndexes = failedIndexesOf(job, newlyFailed);
  const running = indexesOf(active);
  const settled = (index: number) =>
    succeededIndexes.has(index) || failedIndexes?.has(index) || running.has(index);
  return {
    job,
    pods,
    active,
    newlySucceeded,
    newlyFailed,
    succeeded: isIndexed(job) ? succeededIndexes.size : (job.status?.succeeded ?? 0) + newlySucceeded.length,
    failed: (job.status?.failed ?? 0) + newlyFailed.filter((pod) => judgeFailure(job, pod).counts).length,
    succeededIndexes,
    failedIndexes,
    awaiting: hasLimitPerIndex(job) ? awaitingReplacement(job, newlyFailed, settled) : new Map(),
  };
}
