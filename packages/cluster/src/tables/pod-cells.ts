import type { Json, KubeObject } from "../api/objects.ts";
import { ageSince } from "./time-text.ts";

interface InitState {
  readonly reason: string | undefined;
  readonly restarts: number;
}

function isSidecar(pod: KubeObject, name: string): boolean {
  return (pod.spec.initContainers ?? []).some(
    (entry: Json) => entry.name === name && entry.restartPolicy === "Always",
  );
}

/** What an unfinished init container makes of the pod's status text. */
function initState(pod: KubeObject): InitState {
  const statuses: Json[] = pod.status?.initContainerStatuses ?? [];
  const total = (pod.spec.initContainers ?? []).length;
  let restarts = 0;
  for (const [index, status] of statuses.entries()) {
    restarts += status.restartCount ?? 0;
    const { terminated, waiting } = status.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (isSidecar(pod, status.name) && status.started) continue;
    if (terminated) return { reason: `Init:${terminatedText(terminated)}`, restarts };
    if (waiting?.reason && waiting.reason !== "PodInitializing")
      return { reason: `Init:${waiting.reason}`, restarts };
    return { reason: `Init:${index}/${total}`, restarts };
  }
  return { reason: undefined, restarts };
}

function terminatedText(terminated: Json): string {
  if (terminated.reason) return terminated.reason;
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
}

interface MainState {
  readonly reason: string;
  readonly restarts: number;
  readonly lastRestart: number;
}

function mainState(pod: KubeObject, start: string): MainState {
  const statuses: Json[] = pod.status?.containerStatuses ?? [];
  let reason = start;
  let restarts = 0;
  let lastRestart = 0;
  let running = false;
  for (const status of [...statuses].reverse()) {
    restarts += status.restartCount ?? 0;
    const finished = Date.parse(status.lastState?.terminated?.finishedAt ?? "");
    if (finished > lastRestart) lastRestart = finished;
    const { waiting, terminated } = status.state ?? {};
    if (waiting?.reason) reason = waiting.reason;
    else if (terminated) reason = terminatedText(terminated);
    else if (status.ready && status.state?.running) running = true;
  }
  if (reason === "Completed" && running) {
    const ready = (pod.status?.conditions ?? []).some(
      (entry: Json) => entry.type === "Ready" && entry.status === "True",
    );
    reason = ready ? "Running" : "NotReady";
  }
  return { reason, restarts, lastRestart };
}

function readyCount(pod: KubeObject): string {
  const sidecars = (pod.spec.initContainers ?? []).filter((entry: Json) => entry.restartPolicy === "Always");
  const names = new Set([...(pod.spec.containers ?? []), ...sidecars].map(({ name }) => name));
  const statuses: Json[] = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []),
  ];
  const ready = statuses.filter((status) => status.ready && status.state?.running && names.has(status.name));
  return `${ready.length}/${names.size}`;
}

function statusText(pod: KubeObject): MainState {
  const { phase = "", reason, conditions = [] } = pod.status ?? {};
  const gated = conditions.some(
    (entry: Json) => entry.type === "PodScheduled" && entry.reason === "SchedulingGated",
  );
  const start = gated ? "SchedulingGated" : reason || phase;
  const init = initState(pod);
  let state = init.reason
    ? { reason: init.reason, restarts: init.restarts, lastRestart: 0 }
    : mainState(pod, start);
  if (pod.metadata.deletionTimestamp) {
    const text =
      reason === "NodeLost"
        ? "Unknown"
        : phase === "Succeeded" || phase === "Failed"
          ? state.reason
          : "Terminating";
    state = { ...state, reason: text };
  }
  return state;
}

/** Cells of a pod as `kubectl get pods -o wide` shows them. */
export function podCells(pod: KubeObject, now: number): readonly (string | number)[] {
  const { reason, restarts, lastRestart } = statusText(pod);
  const gates: Json[] = pod.spec.readinessGates ?? [];
  const conditions: Json[] = pod.status?.conditions ?? [];
  const passed = gates.filter(({ conditionType }) =>
    conditions.some((entry) => entry.type === conditionType && entry.status === "True"),
  );
  return [
    pod.metadata.name,
    readyCount(pod),
    reason,
    lastRestart > 0 && restarts > 0
      ? `${restarts} (${ageSince(new Date(lastRestart).toISOString(), now)} ago)`
      : String(restarts),
    ageSince(pod.metadata.creationTimestamp, now),
    pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || "<none>",
    pod.spec.nodeName || "<none>",
    pod.status?.nominatedNodeName || "<none>",
    gates.length > 0 ? `${passed.length}/${gates.length}` : "<none>",
  ];
}
