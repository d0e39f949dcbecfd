import type { Json, KubeObject } from "../api/objects.ts";

/** True when a pod has ended and will not run again. */
export function isFinishedPod(pod: KubeObject): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}

/** True for a pod that runs or will run: it has not ended and is not being deleted. */
export function isActivePod(pod: KubeObject): boolean {
  return !isFinishedPod(pod) && !pod.metadata.deletionTimestamp;
}

/** A pod that is being deleted and has not ended. */
export function isTerminatingPod(pod: KubeObject): boolean {
  return Boolean(pod.metadata.deletionTimestamp) && !isFinishedPod(pod);
}

function condition(object: KubeObject, type: string): Json {
  return (object.status?.conditions ?? []).find((entry: Json) => entry.type === type);
}

export function isReadyPod(pod: KubeObject): boolean {
  return condition(pod, "Ready")?.status === "True";
}

/** True when a pod has been ready for `minReadySeconds` at `now`. */
export function isAvailablePod(pod: KubeObject, minReadySeconds: number, now: number): boolean {
  const ready = condition(pod, "Ready");
  if (ready?.status !== "True") return false;
  return minReadySeconds === 0 || now - Date.parse(ready.lastTransitionTime ?? "") >= minReadySeconds * 1000;
}

/** Sets a condition; the transition time changes with the status only. Returns the new list. */
export function withCondition(conditions: Json[] | undefined, next: Json, time: string): Json[] {
  const old = conditions?.find((entry) => entry.type === next.type);
  const lastTransitionTime = old?.status === next.status ? old.lastTransitionTime : time;
  const entry = { ...old, ...next, lastTransitionTime };
  if (!old) return [...(conditions ?? []), entry];
  return (conditions ?? []).map((candidate) => (candidate === old ? entry : candidate));
}
