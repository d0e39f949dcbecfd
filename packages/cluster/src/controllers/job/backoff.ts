import type { Json, KubeObject } from "../../api/objects.ts";

const firstBackoffMs = 10_000;
const longestBackoffMs = 600_000;

function containersEnd(pod: KubeObject): number | undefined {
  const sidecars = new Set(
    (pod.spec.initContainers ?? [])
      .filter((container: Json) => container.restartPolicy === "Always")
      .map((container: Json) => container.name),
  );
  const statuses: Json[] = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []).filter((status: Json) => sidecars.has(status.name)),
  ];
  const times = statuses.map((status) => Date.parse(status.state?.terminated?.finishedAt ?? ""));
  return times.length === 0 || times.some(Number.isNaN) ? undefined : Math.max(...times);
}

/** When a pod ended, in milliseconds since the Unix epoch: by its containers, its readiness, its deletion, its creation. */
export function finishTime(pod: KubeObject): number {
  const ended = containersEnd(pod);
  if (ended !== undefined) return ended;
  const ready = (pod.status?.conditions ?? []).find((entry: Json) => entry.type === "Ready");
  if (ready?.status === "False" && ready.lastTransitionTime) return Date.parse(ready.lastTransitionTime);
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp = "" } = pod.metadata;
  return deletionTimestamp
    ? Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000
    : Date.parse(creationTimestamp);
}

/** Milliseconds until the next attempt after so many failures, the last of them at `since`. */
export function backoffLeft(failures: number, since: number, now: number): number {
  if (failures === 0) return 0;
  const delay = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(failures - 1, 20));
  return Math.max(0, since + delay - now);
}

/** How many pods of a Job failed since its last success, and when the last one did. */
export class JobBackoff {
  readonly #records = new Map<string, { readonly failures: number; readonly since: number }>();

  /** Takes note of pods that have ended since the last look. */
  note(job: KubeObject, succeeded: readonly KubeObject[], failed: readonly KubeObject[]): void {
    if (succeeded.length === 0 && failed.length === 0) return;
    const uid = job.metadata.uid ?? "";
    const before = succeeded.length === 0 ? (this.#records.get(uid)?.failures ?? 0) : 0;
    const lastSuccess = Math.max(-Infinity, ...succeeded.map(finishTime));
    const after = failed.map(finishTime).filter((time) => time > lastSuccess);
    if (after.length === 0) this.#records.delete(uid);
    else this.#records.set(uid, { failures: before + after.length, since: Math.max(...after) });
  }

  /** Milliseconds until the Job may create pods again. */
  left(job: KubeObject, now: number): number {
    const record = this.#records.get(job.metadata.uid ?? "");
    return record ? backoffLeft(record.failures, record.since, now) : 0;
  }

  forget(uid: string | undefined): void {
    this.#records.delete(uid ?? "");
  }
}
