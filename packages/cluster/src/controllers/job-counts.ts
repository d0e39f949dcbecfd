import type { Json, KubeObject } from "../api/objects.ts";
import { completionIndex, formatIndexes, parseIndexes } from "./job-indexes.ts";

/** True when a Job has completed or failed for good. */
export function isOver(job: KubeObject): boolean {
  return (job.status?.conditions ?? []).some(
    ({ type, status }: Json) => (type === "Complete" || type === "Failed") && status === "True",
  );
}

/** How often containers of the pods have been restarted. */
export function restartCount(pods: readonly KubeObject[]): number {
  const statuses = pods.flatMap((pod) => [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ]);
  return statuses.reduce((total, status: Json) => total + (status.restartCount ?? 0), 0);
}

/** When the last container of a pod ended, in milliseconds since the Unix epoch. */
export function finishTime(pod: KubeObject, fallback: number): number {
  const times = (pod.status?.containerStatuses ?? []).map((status: Json) =>
    Date.parse(status.state?.terminated?.finishedAt ?? ""),
  );
  return Math.max(...times.filter((time: number) => !Number.isNaN(time)), 0) || fallback;
}

/** A Job's status with pods that have ended counted into it. */
export function countInto(
  job: KubeObject,
  status: Json,
  succeeded: readonly KubeObject[],
  failed: number,
): Json {
  const next = { ...status };
  if (job.spec.completionMode === "Indexed") {
    const done = parseIndexes(status.completedIndexes);
    for (const pod of succeeded) {
      const index = completionIndex(pod);
      if (index !== undefined) done.add(index);
    }
    next.completedIndexes = formatIndexes(done);
    next.succeeded = done.size;
  } else {
    next.succeeded = (status.succeeded ?? 0) + succeeded.length;
  }
  next.failed = (status.failed ?? 0) + failed;
  if (next.succeeded === 0) delete next.succeeded;
  if (next.failed === 0) delete next.failed;
  return { ...next, uncountedTerminatedPods: {} };
}
