import type { Container, ContainerStatus, PodPhase, PodSpec } from "@vkubelet/core";
import { containerRestartable, isSidecar } from "./restart.ts";

/** What the phase of a pod depends on. */
export interface PhaseInput {
  readonly spec: PodSpec;
  readonly initContainerStatuses: readonly ContainerStatus[];
  readonly containerStatuses: readonly ContainerStatus[];
  /** Whether the pod is being terminated: then exit codes decide, not restart policies. */
  readonly deleting: boolean;
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
  if (!input.deleting && counts.stopped > counts.final) return "Running";
  return counts.stopped === counts.succeeded ? "Succeeded" : "Failed";
}

/** Whether a main container runs, or ever ran. */
export function anyMainStarted(statuses: readonly ContainerStatus[]): boolean {
  return statuses.some(
    ({ state, lastState }) =>
      state?.running !== undefined || state?.terminated !== undefined || lastState?.terminated !== undefined,
  );
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
  else if (ended.exitCode !== 0 && !containerRestartable(spec, container, ended.exitCode))
    counts.initFailed++;
}

function countSidecar(counts: Counts, status: ContainerStatus | undefined): void {
  if (status === undefined) {
    counts.unknown++;
  } else if (status.state?.running !== undefined) {
    counts.running++;
    if (status.started !== true) counts.pendingSidecar++;
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
  if (status === undefined) {
    counts.unknown++;
  } else if (status.state?.running !== undefined) {
    counts.running++;
  } else if (ended === undefined) {
    counts.waiting++;
  } else {
    counts.stopped++;
    if (ended.exitCode === 0 && status.state?.terminated !== undefined) counts.succeeded++;
    if (!containerRestartable(spec, container, ended.exitCode)) counts.final++;
  }
}

/** How a container ended that does not run: now, or before it began to wait. */
function endOf(status: ContainerStatus | undefined): { readonly exitCode: number } | undefined {
  if (status === undefined || status.state?.running !== undefined) return undefined;
  return status.state?.terminated ?? status.lastState?.terminated;
}

function statusOf(statuses: readonly ContainerStatus[], name: string): ContainerStatus | undefined {
  return statuses.find((status) => status.name === name);
}
