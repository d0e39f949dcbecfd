import type { Container, ContainerKind, ContainerStatus, PodStatus } from "@vkubelet/core";
import type { ResolveWait } from "../resolve/resolve-wait.ts";
import { type ContainerWait, containerStatus, type StatusView, unknownEnd } from "./container-status.ts";
import { goDuration } from "./kubernetes-time.ts";
import { anyMainStarted } from "./phase.ts";
import { containerRestartable, isSidecar } from "./restart.ts";
import type { StatusInput } from "./status-input.ts";

/** Container statuses of a whole pod, in the order in which the API shows them (pod-semantics A1). */
export interface ContainerStatuses {
  readonly init: readonly ContainerStatus[];
  readonly main: readonly ContainerStatus[];
  readonly ephemeral: readonly ContainerStatus[];
  /** Whether a main or init container runs or ever ran. */
  readonly everRan: boolean;
}

/** pod-semantics F7: answered where it was asked; the pod goes on. */
const ephemeralWait: ContainerWait = {
  reason: "Unsupported",
  message: "the backend has not added this container; it may be unable to add one to a running pod",
};

/** The statuses of every container in the pod's spec. */
export function allContainerStatuses(
  input: StatusInput,
  previous: PodStatus,
  view: StatusView,
): ContainerStatuses {
  const { spec } = view;
  const initBefore = previous.initContainerStatuses ?? [];
  const mainBefore = previous.containerStatuses ?? [];
  const build = (
    container: Container,
    kind: ContainerKind | "ephemeral",
    before: readonly ContainerStatus[],
  ) => {
    const known = before.find((status) => status.name === container.name);
    const wait = kind === "ephemeral" ? ephemeralWait : waitOf(input, container);
    return backedOff(input, view, container, containerStatus(container, kind, known, wait, view));
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
  if (view.final && isInitialized(view, init)) main = main.map(endUnstarted);
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
  // One that waited for its next run ended as it did before.
  const terminated =
    status.lastState?.terminated ?? unknownEnd(status.state?.running?.startedAt, status.containerID);
  const { lastState: _, ...rest } = status;
  return { ...rest, ready: false, started: false, state: { terminated } };
}

function isInitialized(view: StatusView, init: readonly ContainerStatus[]): boolean {
  return (view.spec.initContainers ?? []).every(
    (container) =>
      isSidecar(container) || init.find((status) => status.name === container.name)?.ready === true,
  );
}

/** pod-semantics B3: what waits for the pod's next run shows why it waits and how it ended. */
function backedOff(
  input: StatusInput,
  view: StatusView,
  container: Container,
  status: ContainerStatus,
): ContainerStatus {
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  if (input.restart === undefined || ended === undefined || status.state?.running !== undefined)
    return status;
  const begun = input.observation !== undefined && input.observation.attempt >= input.restart.attempt;
  if (begun || view.terminal || !containerRestartable(view.spec, container, ended.exitCode)) return status;
  const waiting = configWait(input, container) ?? crashLoop(input, container);
  if (waiting === undefined) return status;
  const { reason, message } = waiting;
  return {
    ...status,
    ready: false,
    started: false,
    state: { waiting: { reason, message } },
    lastState: { terminated: ended },
  };
}

function crashLoop(
  input: StatusInput,
  container: Container,
): { readonly reason: string; readonly message: string } | undefined {
  const backoffMs = input.restart?.backoffMs ?? 0;
  if (backoffMs <= 0) return undefined;
  const { name = "", namespace = "", uid = "" } = input.pod.metadata ?? {};
  const message =
    `back-off ${goDuration(backoffMs)} restarting failed container=${container.name} ` +
    `pod=${name}_${namespace}(${uid})`;
  return { reason: "CrashLoopBackOff", message };
}

function configWait(input: StatusInput, container: Container): ResolveWait | undefined {
  return input.waits?.find((wait) => wait.container === container.name && wait.reason !== "FailedMount");
}

function waitOf(input: StatusInput, container: Container): ContainerWait | undefined {
  const own = configWait(input, container);
  if (own !== undefined) return own;
  const mount = input.waits?.find(
    (wait) => wait.container === undefined || wait.container === container.name,
  );
  const message = mount?.message ?? waitingOf(input)?.message;
  // A mount that fails keeps the ordinary reason (pod-semantics C2).
  return message === undefined ? undefined : { message };
}

/** What the pod as a whole waits for, by the host or by the backend. */
export function waitingOf(
  input: StatusInput,
): { readonly reason?: string; readonly message?: string } | undefined {
  if (input.waiting !== undefined) return input.waiting;
  const { observation } = input;
  if (observation === undefined || observation.state === "ended") return undefined;
  const { reason, message } = observation;
  return { ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) };
}
