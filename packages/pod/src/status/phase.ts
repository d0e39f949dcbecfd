import type { Container, ContainerStateTerminated, ContainerStatus, PodPhase, PodSpec } from "@vkubelet/core";
import { containerRestartable, isSidecar } from "./restart.ts";
import { restartingAllReason } from "./restart-all.ts";

/** What the phase of a pod depends on. */
export interface PhaseInput {
  readonly spec: PodSpec;
  readonly initContainerStatuses: readonly ContainerStatus[];
  readonly containerStatuses: readonly ContainerStatus[];
  /** Whether nothing of the pod is to start again, as while it is terminated: then exit codes decide, not restart policies. */
  readonly terminating: boolean;
}

/** Whether a phase is one that a pod never leaves (pod-semantics P3). */
export function isTerminalPhase(phase: PodPhase | undefined): boolean {
  return phase === "Succeeded" || phase === "Failed";
}

/**
 * The phase by the kubelet's rules (pod-semantics 12), from container statuses alone. What is kept from before
 * (terminal phases, P3) is decided by the caller.
 */
export function computePhase(input: PhaseInput): PodPhase {
  const counts = countContainers(input);
  if (counts.initFailed > 0) return "Failed";
  const initializing = counts.pendingInit > 0 || (counts.pendingSidecar > 0 && !counts.mainStarted);
  if (initializing || counts.waiting > 0) return "Pending";
  if (counts.unknown > 0) return "Pending";
  if (counts.running > 0) return "Running";
  if (counts.stopped === 0) return "Pending";
  if (!input.terminating && counts.stopped > counts.final) return "Running";
  return counts.stopped === counts.succeeded ? "Succeeded" : "Failed";
}

/** Whether a main container runs, or ever ran since all containers were last restarted (pod-semantics B6). */
export function anyMainStarted(statuses: readonly ContainerStatus[]): boolean {
  return statuses.some(({ state, lastState }) => {
    if (state?.running !== undefined || state?.terminated !== undefined) return true;
    const ended = state?.waiting === undefined ? undefined : lastState?.terminated;
    return ended !== undefined && ended.reason !== restartingAllReason;
  });
}

interface Counts {
  pendingInit: number;
  initFailed: number;
  pendingSidecar: number;
  running: number;
  waiting: number;
  unknown: number;
  stopped: number;
  /** Of those stopped: ended with 0 and not about to run again. */
  succeeded: number;
  /** Of those stopped: never to run again. */
  final: number;
  mainStarted: boolean;
}

function countContainers(input: PhaseInput): Counts {
  const counts: Counts = {
    pendingInit: 0,
    initFailed: 0,
    pendingSidecar: 0,
    running: 0,
    waiting: 0,
    unknown: 0,
    stopped: 0,
    succeeded: 0,
    final: 0,
    mainStarted: anyMainStarted(input.containerStatuses),
  };
  for (const container of input.spec.initContainers ?? []) {
    const status = statusOf(input.initContainerStatuses, container.name);
    if (isSidecar(container)) countSidecar(counts, status);
    else countInit(counts, input.spec, container, status);
  }
  for (const container of input.spec.containers) {
    countMain(counts, input.spec, container, statusOf(input.containerStatuses, container.name));
  }
  return counts;
}

function countInit(
  counts: Counts,
  spec: PodSpec,
  container: Container,
  status: ContainerStatus | undefined,
): void {
  const ended = endOf(status);
  if (ended === undefined) counts.pendingInit++;
  else if (ended.exitCode !== 0 && !runsAgain(spec, container, ended)) counts.initFailed++;
}

function countSidecar(counts: Counts, status: ContainerStatus | undefined): void {
  if (status === undefined) {
    counts.unknown++;
  } else if (status.state?.running !== undefined) {
    counts.running++;
    if (status.started !== true) counts.pendingSidecar++;
  } else if (status.state?.waiting === undefined && status.state?.terminated === undefined) {
    counts.pendingSidecar++;
    counts.unknown++;
  } else if (endOf(status) === undefined) {
    counts.pendingSidecar++;
    counts.waiting++;
  }
}

function countMain(
  counts: Counts,
  spec: PodSpec,
  container: Container,
  status: ContainerStatus | undefined,
): void {
  const ended = endOf(status);
  const { waiting, running, terminated } = status?.state ?? {};
  if (waiting === undefined && running === undefined && terminated === undefined) {
    counts.unknown++;
  } else if (running !== undefined) {
    counts.running++;
  } else if (ended === undefined) {
    counts.waiting++;
  } else {
    counts.stopped++;
    if (ended.exitCode === 0 && terminated !== undefined) counts.succeeded++;
    if (!runsAgain(spec, container, ended)) counts.final++;
  }
}

/** pod-semantics P6; what ended only because every container is restarted runs again too (B6). */
function runsAgain(spec: PodSpec, container: Container, ended: ContainerStateTerminated): boolean {
  return ended.reason === restartingAllReason || containerRestartable(spec, container, ended.exitCode);
}

/** How a container ended that does not run: now, or before it began to wait. */
function endOf(status: ContainerStatus | undefined): ContainerStateTerminated | undefined {
  if (status?.state?.terminated !== undefined) return status.state.terminated;
  return status?.state?.waiting === undefined ? undefined : status.lastState?.terminated;
}

function statusOf(statuses: readonly ContainerStatus[], name: string): ContainerStatus | undefined {
  return statuses.find((status) => status.name === name);
}
