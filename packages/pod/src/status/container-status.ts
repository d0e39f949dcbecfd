import type {
  Container,
  ContainerKind,
  ContainerObservation,
  ContainerState,
  ContainerStateTerminated,
  ContainerStatus,
  ContainerTermination,
  PodObservation,
  PodSpec,
} from "@vkubelet/core";
import { cutTerminationMessage } from "../lifecycle/termination-message.ts";
import { volumeMountStatuses } from "../volumes/recursive-read-only.ts";
import { wholeSeconds } from "./kubernetes-time.ts";
import { containerRestartable } from "./restart.ts";

/** What the statuses of all containers of one pod have in common. */
export interface StatusView {
  readonly spec: PodSpec;
  readonly observation: PodObservation | undefined;
  /** Nothing of the pod runs or can still start at the backend. */
  readonly over: boolean;
  /** The same, and the host runs it no more: what never started never will. */
  readonly final: boolean;
  /** The phase is terminal already: no container goes back. */
  readonly terminal: boolean;
  readonly runtimeName: string;
  /** `ContainerCreating`, or `PodInitializing` when the pod has init containers (pod-semantics A1). */
  readonly defaultWaiting: string;
}

/** Why one container waits, in the host's words. */
export interface ContainerWait {
  readonly reason?: string;
  readonly message?: string;
}

/**
 * The reason that stands for a container whose end nobody saw (pod-semantics P5). It counts as exit 137.
 */
export const unknownEndReason = "ContainerStatusUnknown";

/**
 * The status of one container from what the backend saw and what stood there before (pod-semantics 15). Where the
 * backend says nothing, what was known stays; a container that cannot run any more has ended with 137. Counts and
 * `lastState` go on over the runs of a pod: an instance that is not the one in `previous` is a restart.
 */
export function containerStatus(
  container: Container,
  kind: ContainerKind | "ephemeral",
  previous: ContainerStatus | undefined,
  wait: ContainerWait | undefined,
  view: StatusView,
): ContainerStatus {
  const observed = view.observation?.containers.find((candidate) => candidate.name === container.name);
  const state = stateOf(observed, previous, wait, view);
  const instance = instanceOf(observed, view);
  const restarted = previous !== undefined && isNewInstance(previous, state, instance);
  const replaced = restarted || state.terminated?.exitCode !== previous?.state?.terminated?.exitCode;
  if (previous !== undefined && replaced && endedForGood(container, kind, previous, state, view))
    return previous;

  const lastState = lastStateOf(observed, previous, state, restarted, view);
  const containerID = instance ?? (restarted ? undefined : previous?.containerID);
  return {
    name: container.name,
    image: observed?.image ?? previous?.image ?? container.image ?? "",
    imageID: observed?.imageID ?? previous?.imageID ?? "",
    ...(containerID !== undefined && { containerID }),
    ...judge(container, kind, observed, restarted ? undefined : previous, state),
    restartCount: restartCountOf(container, observed, previous, state, restarted, view),
    state,
    ...(lastState !== undefined && { lastState: { terminated: lastState } }),
    ...volumeMountsOf(container, previous),
  };
}

/** How its volumes are mounted, which never changes (M6). No backend can make the mounts below one read-only. */
function volumeMountsOf(
  container: Container,
  previous: ContainerStatus | undefined,
): Pick<ContainerStatus, "volumeMounts"> {
  const volumeMounts = previous?.volumeMounts ?? volumeMountStatuses(container, false);
  return volumeMounts.length === 0 ? {} : { volumeMounts };
}

/** How a container ended that is gone without a trace; what is known of its instance goes with it. */
export function unknownEnd(
  startedAt: string | undefined,
  containerID: string | undefined,
): ContainerStateTerminated {
  return {
    exitCode: 137,
    reason: unknownEndReason,
    message: "The container could not be located when the pod was terminated",
    ...(startedAt !== undefined && { startedAt: wholeSeconds(startedAt) }),
    ...(containerID !== undefined && { containerID }),
  };
}

/** The end of an instance that was last seen running. */
function lostEnd(previous: ContainerStatus): ContainerStateTerminated {
  return unknownEnd(previous.state?.running?.startedAt, previous.containerID);
}

function stateOf(
  observed: ContainerObservation | undefined,
  previous: ContainerStatus | undefined,
  wait: ContainerWait | undefined,
  view: StatusView,
): ContainerState {
  const seen = observed?.state;
  if (seen?.type === "terminated") return { terminated: terminatedState(seen, observed, previous, view) };
  if (seen?.type === "running") {
    const startedAt = seen.startedAt ?? previous?.state?.running?.startedAt;
    if (view.over) {
      return { terminated: unknownEnd(startedAt, instanceOf(observed, view) ?? previous?.containerID) };
    }
    return { running: { ...(startedAt !== undefined && { startedAt: wholeSeconds(startedAt) }) } };
  }
  const silent = seen === undefined || view.over;
  if (silent && previous?.state?.terminated !== undefined) return previous.state;
  if (previous?.state?.running !== undefined) {
    if (view.over) return { terminated: lostEnd(previous) };
    if (silent && view.observation?.state !== "waiting") return previous.state;
  }
  const reason = seen?.reason ?? wait?.reason ?? view.defaultWaiting;
  const message = seen?.message ?? wait?.message;
  return { waiting: { reason, ...(message !== undefined && { message }) } };
}

/** pod-semantics A7: what has ended for good stays as it is, whatever a later run of the pod does. */
function endedForGood(
  container: Container,
  kind: ContainerKind | "ephemeral",
  previous: ContainerStatus,
  state: ContainerState,
  view: StatusView,
): boolean {
  const ended = previous.state?.terminated;
  if (ended === undefined) return false;
  // An end that was only inferred gives way to the one that the backend tells.
  if (ended.reason === unknownEndReason && state.terminated !== undefined) return false;
  if (view.terminal || kind === "ephemeral") return true;
  // The API lets every container of an Always pod, and every sidecar, leave the terminated state.
  if (kind === "sidecar" || (view.spec.restartPolicy ?? "Always") === "Always") return false;
  return !containerRestartable(view.spec, container, ended.exitCode);
}

function terminatedState(
  termination: ContainerTermination,
  observed: ContainerObservation | undefined,
  previous: ContainerStatus | undefined,
  view: StatusView,
): ContainerStateTerminated {
  const containerID =
    containerIDOf(termination.instanceId, view) ??
    (observed === undefined ? undefined : instanceOf(observed, view));
  // Only the present instance's times are known from before, not those of an earlier one.
  const same = observed !== undefined && previous?.containerID === containerID;
  const known = same ? knownEnd(previous) : undefined;
  const startedAt =
    termination.startedAt ?? (same ? previous?.state?.running?.startedAt : undefined) ?? known?.startedAt;
  const finishedAt = termination.finishedAt ?? known?.finishedAt;
  return {
    exitCode: termination.exitCode,
    reason: termination.reason ?? (termination.exitCode === 0 ? "Completed" : "Error"),
    ...(termination.message !== undefined && {
      message: cutTerminationMessage(termination.message, view.spec),
    }),
    ...(startedAt !== undefined && { startedAt: wholeSeconds(startedAt) }),
    ...(finishedAt !== undefined && { finishedAt: wholeSeconds(finishedAt) }),
    ...(containerID !== undefined && { containerID }),
  };
}

/** How the last instance ended, if it did: it may wait for its restart since. */
function knownEnd(previous: ContainerStatus | undefined): ContainerStateTerminated | undefined {
  if (previous?.state?.running !== undefined) return undefined;
  return previous?.state?.terminated ?? previous?.lastState?.terminated;
}

function lastStateOf(
  observed: ContainerObservation | undefined,
  previous: ContainerStatus | undefined,
  state: ContainerState,
  restarted: boolean,
  view: StatusView,
): ContainerStateTerminated | undefined {
  // Of a container that waits for nothing any more, the last end is the one that its state shows already.
  const shown = observed?.state.type === "waiting" && state.terminated !== undefined;
  if (observed?.lastTermination !== undefined && !shown) {
    return terminatedState(observed.lastTermination, undefined, previous, view);
  }
  const leftEnd = restarted || state.waiting !== undefined;
  if (leftEnd && previous?.state?.terminated !== undefined) return previous.state.terminated;
  if (leftEnd && previous?.state?.running !== undefined) return lostEnd(previous);
  return previous?.lastState?.terminated;
}

/** Whether `state` is that of another instance than the last one that `previous` knows. */
function isNewInstance(
  previous: ContainerStatus,
  state: ContainerState,
  instance: string | undefined,
): boolean {
  if (state.waiting !== undefined) return false;
  const known = previous.state?.terminated ?? previous.lastState?.terminated;
  if (known === undefined && previous.state?.running === undefined) return false;
  const knownID = previous.state?.terminated?.containerID ?? previous.containerID ?? known?.containerID;
  if (instance !== undefined && knownID !== undefined) return instance !== knownID;
  // Without identifiers the times tell: they change with the instance.
  if (state.running !== undefined) {
    return (
      previous.state?.running === undefined ||
      differ(previous.state.running.startedAt, state.running.startedAt)
    );
  }
  if (previous.state?.running !== undefined) {
    return differ(previous.state.running.startedAt, state.terminated?.startedAt);
  }
  return known !== undefined && differ(known.finishedAt, state.terminated?.finishedAt);
}

/**
 * Instances before this one. The count of the backend covers one run; a new instance in a later run adds one to what
 * was counted before. A container that no init container keeps waiting ran in every earlier run, seen or not.
 */
function restartCountOf(
  container: Container,
  observed: ContainerObservation | undefined,
  previous: ContainerStatus | undefined,
  state: ContainerState,
  restarted: boolean,
  view: StatusView,
): number {
  const before = previous?.restartCount ?? 0;
  const inRun = observed?.restartCount ?? 0;
  const attempt = view.observation?.attempt ?? 0;
  if (attempt === 0) return Math.max(before, inRun);
  if (restarted) return Math.max(before + 1, inRun);
  if (state.waiting !== undefined) return Math.max(before, inRun);
  const everRan =
    previous?.state?.running ?? previous?.state?.terminated ?? previous?.lastState?.terminated ?? undefined;
  if (everRan !== undefined) return Math.max(before, inRun);
  const first = view.spec.initContainers?.[0]?.name;
  const ranBefore = previous === undefined || first === undefined || first === container.name;
  return ranBefore ? attempt + inRun : inRun;
}

/** `started` and `ready` (pod-semantics A2): by the backend, by probes, or as they were until a probe has judged anew (R8). */
function judge(
  container: Container,
  kind: ContainerKind | "ephemeral",
  observed: ContainerObservation | undefined,
  previous: ContainerStatus | undefined,
  state: ContainerState,
): { readonly started: boolean; readonly ready: boolean } {
  if (kind === "init")
    return { started: state.running !== undefined, ready: state.terminated?.exitCode === 0 };
  if (kind === "ephemeral" || state.running === undefined)
    return { started: state.running !== undefined, ready: false };
  const seen = observed?.state.type === "running" ? observed.state : undefined;
  const started = seen?.started ?? (container.startupProbe === undefined || previous?.started === true);
  const passed = seen?.ready ?? (container.readinessProbe === undefined || previous?.ready === true);
  return { started, ready: started && passed };
}

function instanceOf(observed: ContainerObservation | undefined, view: StatusView): string | undefined {
  const inState = observed?.state.type === "terminated" ? observed.state.instanceId : undefined;
  return containerIDOf(inState ?? observed?.instanceId, view);
}

/** pod-semantics A5: `<runtime>://<id>` with exactly one `://`. */
function containerIDOf(instanceId: string | undefined, view: StatusView): string | undefined {
  if (instanceId === undefined || instanceId === "") return undefined;
  const scheme = instanceId.lastIndexOf("://");
  return `${view.runtimeName}://${scheme < 0 ? instanceId : instanceId.slice(scheme + 3)}`;
}

function differ(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && right !== undefined && left !== right;
}
