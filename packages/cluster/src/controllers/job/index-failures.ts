import type { KubeObject } from "../../api/objects.ts";
import { backoffLeft, finishTime } from "./backoff.ts";
import { judgeFailure } from "./failure-policy.ts";
import { completionIndex } from "./indexes.ts";
import { isFailedPod } from "./job-facts.ts";

const countKey = "batch.kubernetes.io/job-index-failure-count";
const ignoredKey = "batch.kubernetes.io/job-index-ignored-failure-count";

function numberIn(pod: KubeObject, key: string): number {
  const text = pod.metadata.annotations?.[key] ?? "";
  return /^\d+$/.test(text) ? Number(text) : 0;
}

/** All failures of the pod's index before it, counted or ignored. */
function earlierFailures(pod: KubeObject): number {
  return numberIn(pod, countKey) + numberIn(pod, ignoredKey);
}

/** True when the failure of this pod makes its index fail for good. */
export function failsIndex(job: KubeObject, pod: KubeObject): boolean {
  if (!isFailedPod(job, pod)) return false;
  const { action, counts } = judgeFailure(job, pod);
  return action === "FailIndex" || (counts && numberIn(pod, countKey) >= job.spec.backoffLimitPerIndex);
}

/**
 * The last failed pod of every index that waits for its next pod. It is kept until that one exists, since the failures
 * of an index are counted from pod to pod.
 */
export function awaitingReplacement(
  job: KubeObject,
  failed: readonly KubeObject[],
  settled: (index: number) => boolean,
): Map<number, KubeObject> {
  const last = new Map<number, KubeObject>();
  for (const pod of failed) {
    const index = completionIndex(pod);
    if (index === undefined || index >= job.spec.completions || settled(index)) continue;
    const known = last.get(index);
    const later =
      !known || (earlierFailures(known) <= earlierFailures(pod) && finishTime(pod) >= finishTime(known));
    if (later) last.set(index, pod);
  }
  return last;
}

/** Notes on a new pod how often its index has failed, from the pod that it replaces. */
export function carryFailures(job: KubeObject, pod: KubeObject, replaced: KubeObject | undefined): void {
  let count = 0;
  let ignored = 0;
  if (replaced) {
    const { counts } = judgeFailure(job, replaced);
    count = numberIn(replaced, countKey) + (counts ? 1 : 0);
    ignored = numberIn(replaced, ignoredKey) + (counts ? 0 : 1);
  }
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    [countKey]: String(count),
    ...(ignored > 0 ? { [ignoredKey]: String(ignored) } : {}),
  };
}

/** Milliseconds until an index may have its next pod. */
export function indexBackoffLeft(replaced: KubeObject | undefined, now: number): number {
  return replaced ? backoffLeft(earlierFailures(replaced) + 1, finishTime(replaced), now) : 0;
}
