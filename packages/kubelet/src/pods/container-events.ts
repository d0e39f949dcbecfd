import type { ContainerStatus, Pod, PodNotice, PodStatus } from "@vkubelet/core";

/**
 * The events that a kubelet writes for what happened between two statuses (pod-semantics 21): `Started` for an
 * instance that was not seen running before, `BackOff` for a container that waits for its restart, `Failed` for one
 * that could not be started.
 */
export function containerEvents(
  pod: Pod,
  previous: PodStatus | undefined,
  next: PodStatus,
): readonly PodNotice[] {
  const before = new Map(allStatuses(previous).map((status) => [status.name, status]));
  return allStatuses(next).flatMap((status) => eventsOf(pod, before.get(status.name), status));
}

function allStatuses(status: PodStatus | undefined): readonly ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

function eventsOf(pod: Pod, before: ContainerStatus | undefined, now: ContainerStatus): readonly PodNotice[] {
  const container = now.name;
  const ran = now.state?.running !== undefined || now.state?.terminated?.startedAt !== undefined;
  const ranBefore = before?.state?.running !== undefined || before?.state?.terminated !== undefined;
  const sameInstance = before !== undefined && before.restartCount === now.restartCount;
  if (ran && !(ranBefore && sameInstance)) {
    return [{ type: "Normal", reason: "Started", message: `Started container ${container}`, container }];
  }
  const waiting = now.state?.waiting;
  if (waiting === undefined || waiting.reason === before?.state?.waiting?.reason) return [];
  if (waiting.reason === "CrashLoopBackOff") {
    const { name, namespace, uid } = pod.metadata ?? {};
    return [
      {
        type: "Warning",
        reason: "BackOff",
        message: `Back-off restarting failed container ${container} in pod ${name}_${namespace}(${uid})`,
        container,
      },
    ];
  }
  if (failedStarts.has(waiting.reason ?? "")) {
    return [
      {
        type: "Warning",
        reason: "Failed",
        message: `Error: ${waiting.message ?? waiting.reason}`,
        container,
      },
    ];
  }
  return [];
}

const failedStarts: ReadonlySet<string> = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "ErrImageNeverPull",
  "InvalidImageName",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
]);
