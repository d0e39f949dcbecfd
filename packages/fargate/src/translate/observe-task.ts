import type { Container, Task } from "@aws-sdk/client-ecs";
import { disruptionReason, isOutOfMemory, readIdentity, startFailureReason } from "@vkubelet/aws/translate";
import type { ContainerObservation, ContainerObservedState, PodObservation } from "@vkubelet/core";
import type { HealthPurposes } from "./health-purposes.ts";
import { healthOfContainer, healthPurposesOf } from "./task-health.ts";

/** What every reason that this provider gives to StopTask begins with. */
export const ownStopReason = "vkubelet: ";

/**
 * What ECS says about a task, as an observation; undefined when the task carries no identity of a pod.
 * `version` is the time at which the poll began.
 */
export function observeTask(task: Task, version: number): PodObservation | undefined {
  const identity = readIdentity(
    (task.overrides?.containerOverrides ?? []).flatMap((override) => override.environment ?? []),
  );
  if (!identity) return undefined;
  const ended = task.lastStatus === "STOPPED" || task.lastStatus === "DELETED";
  const containers = (task.containers ?? []).filter(({ name }) => isOfPod(name));
  const moved = containers.some(({ lastStatus }) => lastStatus === "RUNNING" || lastStatus === "STOPPED");
  const placing = task.lastStatus === "PROVISIONING" && !moved;
  const failure = ended ? failureOf(task) : undefined;
  const ip = addressOf(task);
  const purposes = healthPurposesOf(task);
  return {
    ...identity,
    version,
    state: ended ? "ended" : placing ? "waiting" : "active",
    ...(placing
      ? { reason: "FargateProvisioning", message: "Fargate is preparing the task's network interface" }
      : {}),
    ...(ended && task.stopCode ? { reason: task.stopCode } : {}),
    ...(ended && task.stoppedReason ? { message: task.stoppedReason } : {}),
    ...(failure ? { failure } : {}),
    ...(task.startedAt ? { startedAt: task.startedAt.toISOString() } : {}),
    ...(ip ? { podIPs: [ip] } : {}),
    containers: containers.map((container) => observeContainer(task, container, purposes, ended)),
  };
}

/** Helpers of this provider have `_` in their names, which a pod's container cannot have. */
function isOfPod(name: string | undefined): boolean {
  return name !== undefined && !name.includes("_");
}

function addressOf(task: Task): string | undefined {
  const attachment = task.attachments?.find(
    ({ type }) => type === "ElasticNetworkInterface" || type === "eni",
  );
  return (
    attachment?.details?.find(({ name }) => name === "privateIPv4Address")?.value ??
    task.containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address
  );
}

function observeContainer(
  task: Task,
  container: Container,
  purposes: HealthPurposes,
  ended: boolean,
): ContainerObservation {
  return {
    name: container.name ?? "",
    restartCount: 0,
    state: stateOf(task, container, purposes, ended),
    ...(container.image ? { image: container.image } : {}),
    ...(container.imageDigest ? { imageID: `${container.image ?? ""}@${container.imageDigest}` } : {}),
    ...(container.runtimeId ? { instanceId: container.runtimeId } : {}),
  };
}

function stateOf(
  task: Task,
  container: Container,
  purposes: HealthPurposes,
  ended: boolean,
): ContainerObservedState {
  if (ended && neverStarted(container) && initFailed(task))
    return { type: "waiting", reason: "PodInitializing" };
  const stopped = container.lastStatus === "STOPPED" || ended;
  if (!stopped) {
    if (container.lastStatus !== "RUNNING") return { type: "waiting", reason: "ContainerCreating" };
    // ECS keeps times per task only.
    return {
      type: "running",
      ...(task.startedAt ? { startedAt: task.startedAt.toISOString() } : {}),
      ...healthOfContainer(container, purposes),
    };
  }
  const reason = terminationReason(container);
  const finished = task.executionStoppedAt ?? task.stoppedAt;
  return {
    type: "terminated",
    exitCode: container.exitCode ?? 137,
    ...(reason ? { reason } : {}),
    ...(container.reason ? { message: container.reason } : {}),
    ...(task.startedAt ? { startedAt: task.startedAt.toISOString() } : {}),
    ...(finished ? { finishedAt: finished.toISOString() } : {}),
    ...(container.runtimeId ? { instanceId: container.runtimeId } : {}),
  };
}

/** ECS names what the engine made of a container, and gives it a code when it ended: this one has neither. */
function neverStarted({ runtimeId, exitCode }: Container): boolean {
  return runtimeId === undefined && exitCode === undefined;
}

/**
 * Whether the task did not start because an init container of the pod failed, after which nothing else starts
 * (pod-semantics I1). A sidecar can keep a task from starting too: by its startup probe, which no init container has.
 */
function initFailed(task: Task): boolean {
  const containers = task.containers ?? [];
  const texts = [task.stoppedReason, ...containers.map(({ reason }) => reason)];
  if (task.stopCode !== "TaskFailedToStart" || texts.some((text) => startFailureReason(text))) return false;
  const purposes = healthPurposesOf(task);
  return containers.some(
    ({ name, exitCode }) => isOfPod(name) && exitCode && !purposes.get(name ?? "")?.includes("startup"),
  );
}

function terminationReason(container: Container): string | undefined {
  if (isOutOfMemory(container.reason)) return "OOMKilled";
  if (container.exitCode !== undefined) return undefined;
  // No exit code: it never ran, or its end was not seen.
  return startFailureReason(container.reason) ?? "ContainerStatusUnknown";
}

/** Why the run failed as a whole; undefined when its containers ended by themselves or we stopped it. */
function failureOf(task: Task): PodObservation["failure"] {
  const text = task.stoppedReason;
  const fail = (reason: string, disruption = false): PodObservation["failure"] => ({
    reason,
    ...(text ? { message: text } : {}),
    ...(disruption ? { disruption } : {}),
  });
  if (text?.startsWith(ownStopReason)) return undefined;
  const disruption = disruptionReason(text);
  switch (task.stopCode) {
    case "SpotInterruption":
    case "TerminationNotice":
      return fail("SpotInterruption", true);
    case "InfrastructureHealth":
      return fail(disruption ?? "InfrastructureHealth", true);
    case "TaskFailedToStart": {
      if (initFailed(task)) return undefined;
      const ofContainers = task.containers?.flatMap(({ reason }) => startFailureReason(reason) ?? []) ?? [];
      return fail(startFailureReason(text) ?? ofContainers[0] ?? "TaskFailedToStart");
    }
    case "UserInitiated":
    case "ServiceSchedulerInitiated":
      return fail(disruption ?? "TaskStoppedExternally", disruption !== undefined);
    default:
      return disruption === undefined ? undefined : fail(disruption, true);
  }
}
