import type { KubeObject } from "@vkubelet/cluster";

/** A node in one line of the live view. */
export interface NodeSummary {
  readonly name: string;
  readonly ready: boolean;
  /** Why it is not Ready; empty while it is. */
  readonly reason: string;
}

/** A pod in one line of the live view. */
export interface PodSummary {
  readonly namespace: string;
  readonly name: string;
  /** Empty while the pod is not bound. */
  readonly node: string;
  /** `1/2` */
  readonly ready: string;
  /** Phase or reason, as `kubectl get pods` chooses it. */
  readonly status: string;
  readonly restarts: number;
}

export function summarizeNode(node: KubeObject): NodeSummary {
  const condition = (node.status?.conditions ?? []).find(({ type }: { type: string }) => type === "Ready");
  const ready = condition?.status === "True";
  return { name: node.metadata.name, ready, reason: ready ? "" : (condition?.reason ?? "") };
}

interface ContainerStatus {
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string };
    readonly running?: object;
    readonly terminated?: { readonly exitCode: number; readonly reason?: string };
  };
}

/** What `kubectl get pods` would show, with the exit code where a container failed. */
export function summarizePod(pod: KubeObject): PodSummary {
  const statuses: readonly ContainerStatus[] = pod.status?.containerStatuses ?? [];
  return {
    namespace: pod.metadata.namespace ?? "",
    name: pod.metadata.name,
    node: pod.spec?.nodeName ?? "",
    ready: `${statuses.filter(({ ready }) => ready === true).length}/${pod.spec?.containers.length ?? 0}`,
    status: statusText(pod, statuses),
    restarts: statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
  };
}

function statusText(pod: KubeObject, statuses: readonly ContainerStatus[]): string {
  if (pod.metadata.deletionTimestamp !== undefined) return "Terminating";
  const init = initText(pod.status?.initContainerStatuses ?? []);
  if (init !== undefined && pod.status?.phase === "Pending") return init;
  const failed = statuses.find(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0)?.state?.terminated;
  if (failed !== undefined) return `${failed.reason ?? "Error"} (exit code ${failed.exitCode})`;
  const waiting = statuses.find(({ state }) => state?.waiting?.reason !== undefined)?.state?.waiting;
  if (waiting?.reason !== undefined) return waiting.reason;
  if (pod.status?.phase === "Succeeded") return "Completed";
  return pod.status?.reason ?? pod.status?.phase ?? "Pending";
}

/** `Init:1/2` while init containers are at work. */
function initText(statuses: readonly ContainerStatus[]): string | undefined {
  const done = statuses.filter(
    ({ state, ready }) => state?.terminated?.exitCode === 0 || ready === true,
  ).length;
  return done < statuses.length ? `Init:${done}/${statuses.length}` : undefined;
}
