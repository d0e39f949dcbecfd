import type { ContainerStatus, Pod } from "@vkubelet/core";
import type { ContainerLookup } from "./kubelet-server-host.ts";

/**
 * Whether logs of a container can be read, by the kubelet's own rules (`validateContainerLogStatus`) on the pod's
 * status: running, ended or ended before are readable, waiting for the first time is not. `pod` undefined means that
 * the node has none of that name.
 */
export function lookupContainerInPod(
  pod: Pod | undefined,
  container: string,
  options: { readonly previous: boolean },
): ContainerLookup {
  if (pod === undefined) return { kind: "pod-missing" };
  const { spec, metadata } = pod;
  const named = [
    ...(spec?.containers ?? []),
    ...(spec?.initContainers ?? []),
    ...(spec?.ephemeralContainers ?? []),
  ];
  if (!named.some(({ name }) => name === container)) return { kind: "container-missing" };
  const status = statusOf(pod, container);
  if (status === undefined) return { kind: "unavailable" };
  const ready: ContainerLookup = {
    kind: "ready",
    ref: {
      namespace: metadata?.namespace ?? "",
      name: metadata?.name ?? "",
      uid: metadata?.uid ?? "",
      container,
    },
  };
  const endedBefore = status.lastState?.terminated !== undefined;
  if (options.previous) return endedBefore ? ready : { kind: "no-previous" };
  if (status.state?.running !== undefined || status.state?.terminated !== undefined || endedBefore)
    return ready;
  const reason = status.state?.waiting?.reason;
  return reason === undefined ? { kind: "waiting" } : { kind: "waiting", reason };
}

function statusOf(pod: Pod, container: string): ContainerStatus | undefined {
  const { status } = pod;
  return [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ].find(({ name }) => name === container);
}

/** The kubelet's answer when logs cannot be read. Tools match these texts. */
export function lookupFailure(
  lookup: Exclude<ContainerLookup, { kind: "ready" }>,
  pod: string,
  container: string,
): { readonly status: number; readonly text: string } {
  const quoted = `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod)}`;
  switch (lookup.kind) {
    case "pod-missing":
      return { status: 404, text: `pod ${JSON.stringify(pod)} does not exist` };
    case "container-missing":
      return {
        status: 404,
        text: `container ${JSON.stringify(container)} not found in pod ${JSON.stringify(pod)}`,
      };
    case "unavailable":
      return { status: 400, text: `${quoted} is not available` };
    case "no-previous":
      return { status: 400, text: `previous terminated ${quoted} not found` };
    case "waiting":
      return { status: 400, text: `${quoted} is waiting to start${waitingText(lookup.reason)}` };
  }
}

function waitingText(reason: string | undefined): string {
  switch (reason) {
    case undefined:
      return " - no logs yet";
    case "ErrImagePull":
      return ": image can't be pulled";
    case "ImagePullBackOff":
      return ": trying and failing to pull image";
    default:
      return `: ${reason}`;
  }
}
