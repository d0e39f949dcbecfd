import type {
  Container,
  ContainerRestartRule,
  ContainerStatus,
  PodCondition,
  PodSpec,
  PodStatus,
} from "@vkubelet/core";

/** The reason of waiting and ended states of containers that were removed because all of the pod are restarted. */
export const restartingAllReason = "RestartingAllContainers";

const removed = "The container is removed because RestartAllContainers in place";

/**
 * The rule that a container's exit code calls for: the first that matches (pod-semantics B6); undefined when none does.
 * Operators other than `In` and `NotIn` match nothing (pkg/api/v1/pod/util.go FindMatchingContainerRestartRule).
 */
export function matchingRestartRule(
  container: Container,
  exitCode: number,
): ContainerRestartRule | undefined {
  return container.restartPolicyRules?.find((rule) => {
    const { exitCodes } = rule;
    if (exitCodes === undefined) return false;
    const listed = exitCodes.values?.includes(exitCode) ?? false;
    if (exitCodes.operator === "In") return listed;
    return exitCodes.operator === "NotIn" && !listed;
  });
}

/** What restarting every container of a pod in place comes down to (pod-semantics B6). */
export interface RestartAll {
  /** The containers whose end asked for it, in spec order, ordinary init containers and sidecars first. */
  readonly triggeredBy: readonly string[];
  /**
   * All containers of the pod in the order in which they go: those that asked for it last, main ones before init ones.
   * One that still runs is killed without grace (2 s all the same) and without its preStop hook.
   */
  readonly removal: readonly string[];
}

/**
 * Whether all containers of the pod are to be restarted in place: because one ended with a code for which its first
 * matching rule says `RestartAllContainers`, or because that has begun and is not through (condition
 * `AllContainersRestarting`). Undefined when not (pkg/kubelet/container/helpers.go ShouldAllContainersRestart).
 * Pod addresses and volumes stay, init containers run again, restart counts go on.
 */
export function restartAllOf(spec: PodSpec, status: PodStatus): RestartAll | undefined {
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const asks = (container: Container): boolean => {
    const ended = statuses.find(({ name }) => name === container.name)?.state?.terminated;
    if (ended === undefined) return false;
    return matchingRestartRule(container, ended.exitCode)?.action === "RestartAllContainers";
  };
  const init = spec.initContainers ?? [];
  const triggeredBy = [...init, ...spec.containers].filter(asks).map(({ name }) => name);
  const begun = status.conditions?.some(
    (condition) => condition.type === "AllContainersRestarting" && condition.status === "True",
  );
  if (triggeredBy.length === 0 && begun !== true) return undefined;
  const removal = [
    ...spec.containers.filter((container) => !asks(container)),
    ...init.filter((container) => !asks(container)),
    ...spec.containers.filter(asks),
    ...init.filter(asks),
  ].map(({ name }) => name);
  return { triggeredBy, removal };
}

/** The status of a container that has been removed to be restarted with all others; one that waits stays as it is. */
export function removedForRestart(status: ContainerStatus): ContainerStatus {
  if (status.state?.waiting !== undefined) return status;
  const { containerID: _, ...rest } = status;
  return {
    ...rest,
    ready: false,
    started: false,
    restartCount: status.restartCount + 1,
    state: { waiting: { reason: restartingAllReason, message: removed } },
    lastState: { terminated: { exitCode: 137, reason: restartingAllReason, message: removed } },
  };
}

/**
 * The `AllContainersRestarting` condition, without times (pkg/kubelet/status/generate.go): True from the end that asked
 * for it until every container is removed. `allRemoved`: none of the pod's containers exists any more.
 */
export function allContainersRestarting(
  status: PodStatus,
  restart: RestartAll | undefined,
  allRemoved: boolean,
): Pick<PodCondition, "type" | "status" | "reason" | "message"> {
  const type = "AllContainersRestarting";
  if (status.phase === "Succeeded") return { type, status: "False", reason: "PodCompleted" };
  if (status.phase === "Failed") return { type, status: "False", reason: "PodFailed" };
  if (restart === undefined || allRemoved) return { type, status: "False" };
  return {
    type,
    status: "True",
    reason: "RestartAllContainersStarted",
    message: "container exited with restart policy rule",
  };
}
