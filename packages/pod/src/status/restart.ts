import type { Container, Pod, PodObservation, PodSpec } from "@vkubelet/core";
import { matchingRestartRule } from "./restart-all.ts";

/** Whether a pod is to be run again as a whole, and which containers ask for it. */
export interface RestartDecision {
  readonly restart: boolean;
  /** Names of the containers whose end calls for the restart, in spec order; empty when there is none. */
  readonly containers: readonly string[];
}

const none: RestartDecision = { restart: false, containers: [] };

/** Whether an init container is a native sidecar: one that is restarted always (pod-semantics I3). */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === "Always";
}

/**
 * Whether a container that ended with `exitCode` is to be started again: by its rules, then its own policy, then the
 * pod's (pod-semantics P6, B6). An ordinary init container that ended with 0 is done whatever the policy (I2).
 */
export function containerRestartable(spec: PodSpec, container: Container, exitCode: number): boolean {
  const init = isInit(spec, container);
  if (init && !isSidecar(container) && exitCode === 0) return false;
  if (container.restartPolicy !== undefined && restartRuleMatches(container, exitCode)) return true;
  return policyRestarts(spec, container, exitCode);
}

/**
 * The same for a container of whose end nothing is known, or that a probe killed: rules are not consulted
 * (pod-semantics B7), and the end counts as a failure.
 */
export function unknownEndRestartable(spec: PodSpec, container: Container): boolean {
  return policyRestarts(spec, container, 137);
}

/**
 * For providers with `restarts: "runtime"`: whether the run that `observation` shows as ended is followed by another.
 * Never while the pod is being deleted (pod-semantics G5), after its phase became terminal, or when the run failed as a
 * whole: those end the pod. Sidecars never ask for a restart, since they end with the main containers (I4). A run that
 * has not ended yet gives no restart.
 */
export function restartDecision(pod: Pod, observation: PodObservation): RestartDecision {
  const { spec } = pod;
  const phase = pod.status?.phase;
  if (spec === undefined || observation.state !== "ended" || observation.failure !== undefined) return none;
  if (pod.metadata?.deletionTimestamp !== undefined || phase === "Failed" || phase === "Succeeded")
    return none;

  const asks = (container: Container): boolean => {
    const exitCode = exitCodeIn(observation, container.name);
    return exitCode === undefined
      ? unknownEndRestartable(spec, container)
      : containerRestartable(spec, container, exitCode);
  };
  // Init containers that were not reported although a main one ran have done their work.
  const initialized = spec.containers.some((container) => hasStarted(observation, container.name));
  for (const container of spec.initContainers ?? []) {
    const exitCode = exitCodeIn(observation, container.name);
    if (isSidecar(container) || exitCode === 0 || (exitCode === undefined && initialized)) continue;
    return asks(container) ? { restart: true, containers: [container.name] } : none;
  }
  const containers = spec.containers
    .filter((container) => !endedForGood(pod, spec, container) && asks(container))
    .map((container) => container.name);
  return { restart: containers.length > 0, containers };
}

/** What had succeeded in an earlier run does not ask for another, whatever it did this time (pod-semantics I5). */
function endedForGood(pod: Pod, spec: PodSpec, container: Container): boolean {
  const status = pod.status?.containerStatuses?.find((candidate) => candidate.name === container.name);
  const ended = status?.state?.terminated;
  return ended !== undefined && !containerRestartable(spec, container, ended.exitCode);
}

function policyRestarts(spec: PodSpec, container: Container, exitCode: number): boolean {
  const policy = container.restartPolicy ?? spec.restartPolicy ?? "Always";
  if (policy === "Always") return true;
  return policy === "OnFailure" && exitCode !== 0;
}

function restartRuleMatches(container: Container, exitCode: number): boolean {
  const action = matchingRestartRule(container, exitCode)?.action;
  return action === "Restart" || action === "RestartAllContainers";
}

function isInit(spec: PodSpec, container: Container): boolean {
  return spec.initContainers?.some((candidate) => candidate.name === container.name) ?? false;
}

function exitCodeIn(observation: PodObservation, name: string): number | undefined {
  const state = observation.containers.find((container) => container.name === name)?.state;
  return state?.type === "terminated" ? state.exitCode : undefined;
}

function hasStarted(observation: PodObservation, name: string): boolean {
  const observed = observation.containers.find((container) => container.name === name);
  return observed !== undefined && (observed.state.type !== "waiting" || observed.restartCount > 0);
}
