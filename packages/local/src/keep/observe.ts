import type {
  ContainerObservation,
  ContainerObservedState,
  ContainerTermination,
  PodObservation,
} from "@vkubelet/core";
import type { InstanceSnapshot, PodSnapshot } from "../state/snapshot.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";
import { awaitsPostStart, type Decision, type PendingRestart } from "./decide.ts";

/** What the disk and the decision say of a pod, in the contract's terms, without the version. Pure. */
export function observe(snapshot: PodSnapshot, decision: Decision): Omit<PodObservation, "version"> {
  const { pod } = snapshot;
  const eviction = snapshot.deletion?.eviction;
  const containers = pod.plan.containers.flatMap((container) => {
    const instance = snapshot.instances.get(container.name);
    return instance === undefined
      ? []
      : [observeContainer(snapshot, container, instance, decision.pending.get(container.name))];
  });
  return {
    ref: pod.ref,
    attempt: 0,
    state: decision.ended ? "ended" : "active",
    ...(eviction === undefined || !decision.ended
      ? {}
      : { failure: { reason: "Evicted", message: eviction } }),
    startedAt: new Date(pod.createdAtMs).toISOString(),
    podIPs: [pod.plan.address],
    hostIPs: [pod.plan.address],
    containers,
  };
}

function observeContainer(
  snapshot: PodSnapshot,
  container: PlannedContainer,
  instance: InstanceSnapshot,
  pending: PendingRestart | undefined,
): ContainerObservation {
  const ended = instance.phase.type === "ended" ? instance.phase.termination : undefined;
  // A container about to run again is shown as waiting, and the end it has just had as its last termination.
  const last = ended !== undefined && pending !== undefined ? ended : instance.intent.previous;
  return {
    name: container.name,
    restartCount: instance.number,
    image: container.image,
    instanceId: instance.intent.instanceId,
    state: stateOf(snapshot, container, instance, pending),
    ...(last === undefined ? {} : { lastTermination: last }),
  };
}

function stateOf(
  snapshot: PodSnapshot,
  container: PlannedContainer,
  instance: InstanceSnapshot,
  pending: PendingRestart | undefined,
): ContainerObservedState {
  const { phase, intent } = instance;
  if (awaitsPostStart(container, instance)) return { type: "waiting", reason: "ContainerCreating" };
  switch (phase.type) {
    case "running":
      return { type: "running", startedAt: new Date(phase.startedAtMs).toISOString() };
    case "ended":
      return pending === undefined
        ? { type: "terminated", ...phase.termination }
        : waitingForRestart(snapshot, container, phase.termination, intent.previous, pending);
    case "planned":
    case "starting":
    case "cancelled":
      return { type: "waiting", reason: "ContainerCreating" };
  }
}

function waitingForRestart(
  snapshot: PodSnapshot,
  container: PlannedContainer,
  termination: ContainerTermination,
  previous: ContainerTermination | undefined,
  pending: PendingRestart,
): ContainerObservedState {
  if (termination.reason === "StartError" && previous === undefined) {
    return { type: "waiting", reason: "RunContainerError", message: termination.message ?? "" };
  }
  const { ref } = snapshot.pod;
  return {
    type: "waiting",
    reason: "CrashLoopBackOff",
    message: `back-off ${backoffText(pending.delayMs)} restarting failed container=${container.name} pod=${ref.name}_${ref.namespace}(${ref.uid})`,
  };
}

/** A duration as Go prints it: `20s`, `2m40s`, `5m0s`. */
function backoffText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
