import type { ContainerObservation, ContainerObservedState, ContainerTermination } from "@vkubelet/core";
import { containerName } from "../translate/identity.ts";
import type { TaskEvent, TaskState } from "../wire.ts";
import { timeOfNanoseconds, timeOfText } from "./times.ts";

/** What stands around a task when its state is read. */
export interface TaskContext {
  readonly allocation: string;
  /** Instances that earlier allocations of the pod had of it. */
  readonly earlierInstances: number;
  /** Whether a stage that the task waits for is not through. */
  readonly initializing: boolean;
}

/** Events that say why a task could not be started, and what a kubelet calls it. */
const startFailures: Readonly<Record<string, string>> = {
  "Driver Failure": "CreateContainerError",
  "Setup Failure": "CreateContainerConfigError",
  "Failed Validation": "CreateContainerConfigError",
  "Failed Artifact Download": "CreateContainerConfigError",
  "Task hook failed": "CreateContainerConfigError",
};

/** One task's state as a container's. The table is section 4.2 of the mapping in the documentation of this package. */
export function observeContainer(task: string, state: TaskState, context: TaskContext): ContainerObservation {
  const events = state.Events ?? [];
  const ends = events.filter((event) => event.Type === "Terminated");
  const restarts = state.Restarts ?? 0;
  const dead = state.State === "dead";
  const instanceId = `${context.allocation}-${task}-${restarts}`;
  const last = dead ? ends.at(-2) : ends.at(-1);
  const started =
    events.some((event) => event.Type === "Started") || timeOfText(state.StartedAt) !== undefined;
  return {
    name: containerName(task),
    state: observedState(state, events, ends.at(-1), { ...context, instanceId }),
    restartCount: context.earlierInstances + restarts,
    ...(started ? { instanceId } : {}),
    ...(last === undefined || restarts === 0 ? {} : { lastTermination: termination(last) }),
  };
}

function observedState(
  state: TaskState,
  events: readonly TaskEvent[],
  end: TaskEvent | undefined,
  context: TaskContext & { readonly instanceId: string },
): ContainerObservedState {
  const startedAt = timeOfText(state.StartedAt);
  const started = startedAt === undefined ? {} : { startedAt };
  if (state.State === "running") return { type: "running", ...started };
  if (state.State !== "dead") return waiting(events, end, context);
  if (end !== undefined) {
    return { type: "terminated", ...termination(end), ...started, instanceId: context.instanceId };
  }
  const failure = events.findLast((event) => event.Type in startFailures);
  if (failure === undefined) return { type: "waiting", reason: "PodInitializing" };
  const finishedAt = timeOfNanoseconds(failure.Time);
  return {
    type: "terminated",
    exitCode: 128,
    reason: "StartError",
    message: messageOf(failure),
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}

function waiting(
  events: readonly TaskEvent[],
  end: TaskEvent | undefined,
  context: TaskContext,
): ContainerObservedState {
  const failure = events.findLast((event) => event.Type in startFailures || event.Type === "Terminated");
  if (failure !== undefined && failure !== end) {
    const text = messageOf(failure);
    const pull = /failed to pull|image .* not found|pull access denied/i.test(text);
    const again = events.some((event) => event.Type === "Restarting");
    const reason = pull ? (again ? "ImagePullBackOff" : "ErrImagePull") : startFailures[failure.Type];
    return { type: "waiting", ...(reason === undefined ? {} : { reason }), message: text };
  }
  if (end !== undefined) {
    const restarting = events.findLast((event) => event.Type === "Restarting");
    const message = restarting === undefined ? {} : { message: messageOf(restarting) };
    return { type: "waiting", reason: "CrashLoopBackOff", ...message };
  }
  return { type: "waiting", reason: context.initializing ? "PodInitializing" : "ContainerCreating" };
}

/**
 * How an instance ended, by its `Terminated` event. Nomad says -1 when the process that waited for the program was killed
 * with it; such an end has the code and the reason that a kubelet gives to one of which nobody knows more.
 */
function termination(event: TaskEvent): ContainerTermination {
  const details = event.Details ?? {};
  const signal = Number(details["signal"] ?? 0);
  const code = Number(details["exit_code"] ?? 0);
  const known = code === 0 && signal > 0 ? 128 + signal : code & 0xff;
  const message = details["exit_message"];
  const finishedAt = timeOfNanoseconds(event.Time);
  return {
    exitCode: code < 0 ? 137 : known,
    ...(code < 0 ? { reason: "ContainerStatusUnknown" } : {}),
    ...(signal > 0 ? { signal } : {}),
    ...(details["oom_killed"] === "true" ? { reason: "OOMKilled" } : {}),
    ...(message ? { message } : {}),
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}

function messageOf(event: TaskEvent): string {
  return event.DisplayMessage || Object.values(event.Details ?? {}).join("; ") || event.Type;
}
