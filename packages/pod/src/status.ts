import type { Container, ContainerStatus, Pod, PodObservation, PodPhase, PodStatus } from "@vkubelet/core";
import { computeConditions } from "./conditions.ts";
import { type ContainerWait, containerStatus, type StatusView, unknownEnd } from "./container-status.ts";
import { goDuration, wholeSeconds } from "./kubernetes-time.ts";
import { anyMainStarted, computePhase, isTerminalPhase } from "./phase.ts";
import type { ResolveWait } from "./resolve-wait.ts";
import { containerRestartable, isSidecar } from "./restart.ts";

/** Everything that a pod's status is computed from. */
export interface StatusInput {
  readonly pod: Pod;
  /**
   * The latest observation of the latest run. Absent while the backend has not been heard: what `previous` says of
   * containers stays. Together with `failure` its absence means that the backend runs nothing of the pod.
   */
  readonly observation?: PodObservation;
  /**
   * The status to go on from: the one computed last or, at first, the one that the API server holds (also the default).
   * A run's end must have been computed once before the next run is observed, or its terminations are not counted.
   */
  readonly previous?: PodStatus;
  /** RFC 3339. */
  readonly now: string;
  readonly node: { readonly hostIPs: readonly string[] };
  /** Scheme of container IDs. */
  readonly runtimeName: string;
  /** What single containers wait for before the pod can be resolved. */
  readonly waits?: readonly ResolveWait[];
  /** Why the whole pod waits, before or at the backend. */
  readonly waiting?: { readonly reason: string; readonly message?: string };
  /**
   * The host's verdict that the pod is over: refused, lost, past its deadline. The phase becomes Failed once nothing of
   * it can still run, which an observation that has not ended puts off (pod-semantics P3, Y1).
   */
  readonly failure?: { readonly reason: string; readonly message?: string; readonly disruption?: boolean };
  /** The pod is to be run anew as a whole. `attempt` is the coming run; `backoffMs` how long it waits, absent for none. */
  readonly restart?: { readonly attempt: number; readonly backoffMs?: number };
  /** Whether the pod's termination has begun. */
  readonly deleting: boolean;
}

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
  const statuses = allStatuses(input, previous, view, failure !== undefined);
  const phase = publishedPhase(input, previous, view, statuses, failure !== undefined);
  const shown = isTerminalPhase(phase) && !statuses.everRan && !input.deleting ? undefined : statuses;
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
  const qosClass = previous.qosClass ?? input.pod.status?.qosClass;
  return {
    phase,
    ...reasonOf(input, previous, phase, failure),
    conditions,
    ...addresses(input, previous),
    startTime: previous.startTime ?? now,
    ...(qosClass !== undefined && { qosClass }),
    ...(generation !== undefined && { observedGeneration: generation }),
    ...(shown !== undefined && shown.init.length > 0 && { initContainerStatuses: shown.init }),
    ...(shown !== undefined && { containerStatuses: shown.main }),
    ...(shown !== undefined && shown.ephemeral.length > 0 && { ephemeralContainerStatuses: shown.ephemeral }),
  };
}

interface Statuses {
  readonly init: readonly ContainerStatus[];
  readonly main: readonly ContainerStatus[];
  readonly ephemeral: readonly ContainerStatus[];
  readonly everRan: boolean;
}

function viewOf(input: StatusInput, previous: PodStatus): StatusView {
  const { observation } = input;
  const heardOf = (previous.containerStatuses ?? []).concat(previous.initContainerStatuses ?? []);
  const running = heardOf.some((status) => status.state?.running !== undefined);
  const unheard = observation === undefined && (input.failure !== undefined || (input.deleting && !running));
  const spec = input.pod.spec ?? { containers: [] };
  return {
    spec,
    observation,
    over: observation?.state === "ended" || unheard,
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

function allStatuses(input: StatusInput, previous: PodStatus, view: StatusView, failed: boolean): Statuses {
  const { spec } = view;
  const initBefore = previous.initContainerStatuses ?? [];
  const mainBefore = previous.containerStatuses ?? [];
  const build = (
    container: Container,
    kind: "init" | "sidecar" | "main" | "ephemeral",
    before: readonly ContainerStatus[],
  ) => {
    const known = before.find((status) => status.name === container.name);
    return backedOff(
      input,
      view,
      container,
      containerStatus(container, kind, known, waitOf(input, container), view),
    );
  };
  let main = spec.containers.map((container) => build(container, "main", mainBefore));
  let init = (spec.initContainers ?? []).map((container) =>
    build(container, isSidecar(container) ? "sidecar" : "init", initBefore),
  );
  if (anyMainStarted(main)) init = init.map((status) => assumeDone(view, status));
  const ephemeral = (spec.ephemeralContainers ?? []).map((container) =>
    build(container, "ephemeral", previous.ephemeralContainerStatuses ?? []),
  );
  const everRan = anyMainStarted([...main, ...init]);
  const finished = view.over && input.restart === undefined && (failed || input.deleting);
  if (finished && isInitialized(view, init)) main = main.map(endUnstarted);
  main.sort((left, right) => (left.name < right.name ? -1 : 1));
  return { init, main, ephemeral, everRan };
}

/** An init container that nobody reported has done its work when a main container has started. */
function assumeDone(view: StatusView, status: ContainerStatus): ContainerStatus {
  const container = view.spec.initContainers?.find((candidate) => candidate.name === status.name);
  const reported = view.observation?.containers.some((observed) => observed.name === status.name) ?? false;
  const unstarted = status.state?.waiting !== undefined && status.lastState === undefined;
  if (container === undefined || isSidecar(container) || reported || !unstarted) return status;
  const message = "not reported by the backend; a main container has started, so it must have ended with 0";
  return {
    ...status,
    ready: true,
    started: false,
    state: { terminated: { exitCode: 0, reason: "Completed", message } },
  };
}

/** pod-semantics P5: in a pod that is over, a container of which nothing is known has failed. */
function endUnstarted(status: ContainerStatus): ContainerStatus {
  if (status.state?.terminated !== undefined) return status;
  return { ...status, ready: false, started: false, state: { terminated: unknownEnd(status) } };
}

function isInitialized(view: StatusView, init: readonly ContainerStatus[]): boolean {
  return (view.spec.initContainers ?? []).every(
    (container) =>
      isSidecar(container) || init.find((status) => status.name === container.name)?.ready === true,
  );
}

/** pod-semantics B3: what waits for the pod's next run shows the backoff and how it ended. */
function backedOff(
  input: StatusInput,
  view: StatusView,
  container: Container,
  status: ContainerStatus,
): ContainerStatus {
  const backoffMs = input.restart?.backoffMs ?? 0;
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  const stale = input.observation === undefined || input.observation.attempt < (input.restart?.attempt ?? 0);
  if (backoffMs <= 0 || !stale || ended === undefined || status.state?.running !== undefined) return status;
  if (view.terminal || !containerRestartable(view.spec, container, ended.exitCode)) return status;
  const { name, namespace, uid } = input.pod.metadata ?? {};
  const message =
    `back-off ${goDuration(backoffMs)} restarting failed container=${container.name} ` +
    `pod=${name ?? ""}_${namespace ?? ""}(${uid ?? ""})`;
  return {
    ...status,
    ready: false,
    started: false,
    state: { waiting: { reason: "CrashLoopBackOff", message } },
    lastState: { terminated: ended },
  };
}

function waitOf(input: StatusInput, container: Container): ContainerWait | undefined {
  const own = input.waits?.find((wait) => wait.container === container.name);
  if (own?.reason === "CreateContainerConfigError") return own;
  const shared = own ?? input.waits?.find((wait) => wait.container === undefined);
  const message = shared?.message ?? waitingOf(input)?.message;
  // A mount that fails keeps the ordinary reason (pod-semantics C2).
  return message === undefined ? undefined : { message };
}

function waitingOf(input: StatusInput): { readonly reason?: string; readonly message?: string } | undefined {
  if (input.waiting !== undefined) return input.waiting;
  const { observation } = input;
  if (observation === undefined || observation.state === "ended") return undefined;
  const { reason, message } = observation;
  return { ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) };
}

/** pod-semantics P3 to P5 on top of the phase that the containers give. */
function publishedPhase(
  input: StatusInput,
  previous: PodStatus,
  view: StatusView,
  statuses: Statuses,
  failed: boolean,
): PodPhase {
  if (previous.phase !== undefined && view.terminal) return previous.phase;
  const before = previous.phase ?? "Pending";
  if (failed) return view.over ? "Failed" : before;
  const computed = computePhase({
    spec: view.spec,
    initContainerStatuses: statuses.init,
    containerStatuses: statuses.main,
    deleting: input.deleting,
  });
  if (input.deleting && view.over && !isTerminalPhase(computed)) return "Failed";
  const running = [...statuses.init, ...statuses.main].some((status) => status.state?.running !== undefined);
  return isTerminalPhase(computed) && running ? before : computed;
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
function readyToStart(input: StatusInput, view: StatusView, statuses: Statuses): boolean | undefined {
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
