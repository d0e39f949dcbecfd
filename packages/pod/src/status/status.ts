import type { PodPhase, PodStatus } from "@vkubelet/core";
import { qosClassOf } from "../quantity/qos.ts";
import { allContainerStatuses, type ContainerStatuses, waitingOf } from "./all-container-statuses.ts";
import { computeConditions } from "./conditions.ts";
import type { StatusView } from "./container-status.ts";
import { wholeSeconds } from "./kubernetes-time.ts";
import { computePhase, isTerminalPhase } from "./phase.ts";
import type { StatusInput } from "./status-input.ts";

/**
 * The status of a pod by the kubelet's rules (pod-semantics 12, 14, 15), from facts alone: the same input gives the same
 * status, and a status fed back as `previous` with nothing new comes back equal.
 *
 * A terminal phase is never left; conditions that the node does not own are kept; times are set once and changed only
 * with what they date. A pod that failed before anything of it existed has no container statuses (F6).
 */
export function computePodStatus(input: StatusInput): PodStatus {
  const previous = input.previous ?? input.pod.status ?? {};
  const spec = input.pod.spec ?? { containers: [] };
  const view = viewOf(input, previous);
  const failure = input.failure ?? endedFailure(input);
  const statuses = allContainerStatuses(input, previous, view);
  const phase = publishedPhase(input, previous, view, statuses, failure !== undefined);
  const refused = view.terminal
    ? previous.containerStatuses === undefined
    : failure !== undefined && !input.deleting;
  const shown = isTerminalPhase(phase) && !statuses.everRan && refused ? undefined : statuses;
  const now = wholeSeconds(input.now);
  const generation = input.pod.metadata?.generation;
  const disrupted = phase === "Failed" && failure?.disruption === true;
  const conditions = computeConditions({
    spec,
    phase,
    initContainerStatuses: shown?.init,
    containerStatuses: shown?.main,
    readyToStart: readyToStart(input, view, statuses),
    ...(disrupted && { disruption: failure.message === undefined ? {} : { message: failure.message } }),
    previous: previous.conditions ?? [],
    now,
    generation,
  });
  // The API server sets it at creation and never changes it (pod-semantics S1).
  const qosClass = previous.qosClass ?? input.pod.status?.qosClass ?? qosClassOf(spec);
  return {
    phase,
    ...reasonOf(input, previous, phase, failure),
    conditions,
    ...addresses(input, previous),
    startTime: previous.startTime ?? now,
    qosClass,
    ...(generation !== undefined && { observedGeneration: generation }),
    ...(shown !== undefined && shown.init.length > 0 && { initContainerStatuses: shown.init }),
    ...(shown !== undefined && { containerStatuses: shown.main }),
    ...(shown !== undefined && shown.ephemeral.length > 0 && { ephemeralContainerStatuses: shown.ephemeral }),
  };
}

function viewOf(input: StatusInput, previous: PodStatus): StatusView {
  const { observation } = input;
  const heardOf = (previous.containerStatuses ?? []).concat(previous.initContainerStatuses ?? []);
  const running = heardOf.some((status) => status.state?.running !== undefined);
  const unheard = observation === undefined && (input.failure !== undefined || (input.deleting && !running));
  const over = observation?.state === "ended" || unheard;
  const spec = input.pod.spec ?? { containers: [] };
  return {
    spec,
    observation,
    over,
    final: over && (input.restart === undefined || input.deleting),
    terminal: isTerminalPhase(previous.phase),
    runtimeName: input.runtimeName,
    defaultWaiting: (spec.initContainers?.length ?? 0) > 0 ? "PodInitializing" : "ContainerCreating",
  };
}

/** The backend's own verdict on a run, once that is over and unless the host runs the pod anew. */
function endedFailure(input: StatusInput): StatusInput["failure"] {
  const ended = input.observation?.state === "ended";
  return ended && input.restart === undefined ? input.observation?.failure : undefined;
}

/** pod-semantics P3 to P5 on top of the phase that the containers give. */
function publishedPhase(
  input: StatusInput,
  previous: PodStatus,
  view: StatusView,
  statuses: ContainerStatuses,
  failed: boolean,
): PodPhase {
  if (previous.phase !== undefined && view.terminal) return previous.phase;
  const before = previous.phase ?? "Pending";
  if (failed) return view.over ? "Failed" : before;
  const computed = computePhase({
    spec: view.spec,
    initContainerStatuses: statuses.init,
    containerStatuses: statuses.main,
    // The kubelet's rule for a pod that it terminates: of what nothing starts again, exit codes decide.
    terminating: input.deleting || view.final,
  });
  if (view.final && !isTerminalPhase(computed)) return "Failed";
  const running = [...statuses.init, ...statuses.main].some((status) => status.state?.running !== undefined);
  // A pod that is about to run anew is no more over than one of which something runs.
  const goesOn = running || (input.restart !== undefined && !input.deleting);
  return isTerminalPhase(computed) && goesOn ? before : computed;
}

/** pod-semantics P4: the words belong to the phase; those of a Pending pod say what it waits for now. */
function reasonOf(
  input: StatusInput,
  previous: PodStatus,
  phase: PodPhase,
  failure: StatusInput["failure"],
): Pick<PodStatus, "reason" | "message"> {
  const kept = previous.phase === phase && phase !== "Pending";
  const ended = input.observation?.state === "ended" ? input.observation : undefined;
  let source: { readonly reason?: string; readonly message?: string } | undefined;
  if (kept) source = previous;
  else if (phase === "Pending") source = waitingOf(input);
  else if (isTerminalPhase(phase)) source = failure ?? ended;
  return {
    ...(source?.reason !== undefined && { reason: source.reason }),
    ...(source?.message !== undefined && { message: source.message }),
  };
}

/** pod-semantics T1: something has started, or the place for it has an address. */
function readyToStart(
  input: StatusInput,
  view: StatusView,
  statuses: ContainerStatuses,
): boolean | undefined {
  if (view.over) return false;
  const { observation } = input;
  if (observation === undefined) return undefined;
  if (observation.state === "waiting") return false;
  const started = [...statuses.init, ...statuses.main].some((status) => status.state?.running !== undefined);
  return started || (observation.podIPs?.length ?? 0) > 0;
}

/** pod-semantics A8: at most one address of each family, the first is the primary one. */
function addresses(input: StatusInput, previous: PodStatus): Partial<PodStatus> {
  const podIPs = onePerFamily(input.observation?.podIPs ?? previous.podIPs?.map(({ ip }) => ip) ?? []);
  const hostIPs = onePerFamily(
    input.observation?.hostIPs ?? previous.hostIPs?.map(({ ip }) => ip) ?? input.node.hostIPs,
  );
  return {
    ...(hostIPs[0] !== undefined && { hostIP: hostIPs[0], hostIPs: hostIPs.map((ip) => ({ ip })) }),
    ...(podIPs[0] !== undefined && { podIP: podIPs[0], podIPs: podIPs.map((ip) => ({ ip })) }),
  };
}

function onePerFamily(addressList: readonly string[]): readonly string[] {
  const isSix = (address: string) => address.includes(":");
  return addressList.filter(
    (address, index) => addressList.findIndex((other) => isSix(other) === isSix(address)) === index,
  );
}
