import type { ContainerObservation, PodObservation } from "@vkubelet/core";
import { parseStages, type Stage } from "../translate/gates.ts";
import { metaKeys } from "../translate/identity.ts";
import type { Allocation, TaskState } from "../wire.ts";
import { observeContainer } from "./container.ts";
import { currentAllocation, hasStarted, isTerminal, type JobEntry, versionOf } from "./job-entry.ts";
import { placementMessage } from "./placement.ts";
import { timeOfNanoseconds } from "./times.ts";

/** The address of a Nomad node by its ID, where it is known. */
export type NodeAddress = (node: string) => string | undefined;

type Verdict = Pick<PodObservation, "state" | "reason" | "message" | "failure">;

/**
 * What Nomad says of a pod. Undefined for a job that carries no pod's identity: it is not ours.
 * Phases and conditions are the host's business.
 */
export function observePod(entry: JobEntry, nodeAddress: NodeAddress): PodObservation | undefined {
  const meta = entry.job.Meta ?? {};
  const uid = meta[metaKeys.uid];
  if (uid === undefined) return undefined;
  const allocation = currentAllocation(entry);
  const ref = { namespace: meta[metaKeys.namespace] ?? "", name: meta[metaKeys.name] ?? "", uid };
  const base = { ref, attempt: 0, version: versionOf(entry) };
  if (allocation === undefined) return { ...base, ...unplaced(entry), containers: [] };
  const hostIP = allocation.NodeID === undefined ? undefined : nodeAddress(allocation.NodeID);
  const podIP = allocation.NetworkStatus?.Address || (meta[metaKeys.network] === "host" ? hostIP : undefined);
  const startedAt = timeOfNanoseconds(allocation.CreateTime);
  return {
    ...base,
    ...placed(entry, allocation),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(hostIP === undefined ? {} : { hostIPs: [hostIP] }),
    ...(podIP === undefined || podIP === "" ? {} : { podIPs: [podIP] }),
    containers: observeContainers(entry, allocation),
  };
}

function unplaced(entry: JobEntry): Verdict {
  const { job, evaluation } = entry;
  if (job.Stop === true) {
    return { state: "ended", reason: "NomadJobStopped", message: "the job was stopped before it was placed" };
  }
  if (job.Status === "dead") {
    const message = "Nomad holds the job as dead and has forgotten its allocation";
    return { state: "ended", failure: { reason: "NomadAllocationGone", message } };
  }
  if (evaluation?.Status === "blocked" || (evaluation?.Status === "complete" && evaluation.BlockedEval)) {
    return { state: "waiting", reason: "NomadPlacementBlocked", message: placementMessage(evaluation) };
  }
  if (evaluation?.Status === "failed") {
    const message = evaluation.StatusDescription || "Nomad gave up on placing the job";
    return { state: "waiting", reason: "NomadEvaluationFailed", message };
  }
  return { state: "waiting" };
}

/** The state of a placed pod. A terminal allocation is the end only if nothing will replace it. */
function placed(entry: JobEntry, allocation: Allocation): Verdict {
  const { job } = entry;
  const over = job.Stop === true || job.Status === "dead";
  const message = allocation.ClientDescription || allocation.DesiredDescription || "";
  if (allocation.ClientStatus === "unknown") {
    return { state: "active", reason: "NomadClientDisconnected", message };
  }
  if (!isTerminal(allocation)) return { state: "active" };
  const preempted = allocation.DesiredStatus === "evict" || Boolean(allocation.PreemptedByAllocation);
  if (preempted || allocation.ClientStatus === "lost") {
    const reason = preempted ? "Preempted" : "NodeLost";
    if (over) return { state: "ended", failure: { reason, message, disruption: true } };
    return { state: hasStarted(allocation) ? "active" : "waiting", reason, message };
  }
  if (allocation.DesiredStatus !== "stop") return { state: "ended" };
  if (!over) return { state: "active", reason: "NomadAllocationStopped", message };
  if (entry.deleting) return { state: "ended" };
  return { state: "ended", failure: { reason: "NomadJobStopped", message } };
}

function observeContainers(entry: JobEntry, allocation: Allocation): readonly ContainerObservation[] {
  const states = allocation.TaskStates ?? {};
  const stages = parseStages(entry.job.Meta?.[metaKeys.stages]);
  return Object.keys(states)
    .sort()
    .flatMap((task): readonly ContainerObservation[] => {
      const state = states[task];
      if (state === undefined) return [];
      const earlierInstances = earlierOf(entry, allocation, task);
      const initializing = waitsForStage(stages, states, task);
      return [observeContainer(task, state, { allocation: allocation.ID, earlierInstances, initializing })];
    });
}

/** Instances of a task in the allocations that were replaced. */
function earlierOf(entry: JobEntry, current: Allocation, task: string): number {
  let instances = 0;
  for (const allocation of entry.allocations.values()) {
    if (allocation.ID === current.ID || !hasStarted(allocation)) continue;
    instances += (allocation.TaskStates?.[task]?.Restarts ?? 0) + 1;
  }
  return instances;
}

function waitsForStage(
  stages: readonly Stage[],
  states: Readonly<Record<string, TaskState>>,
  task: string,
): boolean {
  const own = stages.findIndex((stage) => stage.task === task);
  const before = own === -1 ? stages : stages.slice(0, own);
  return before.some((stage) => !isThrough(stage, states[stage.task]));
}

/** Whether the next stage may start: an init container has succeeded, a sidecar runs. */
export function isThrough(stage: Stage, state: TaskState | undefined): boolean {
  if (state === undefined) return false;
  if (stage.kind === "sidecar") return state.State === "running";
  return state.State === "dead" && state.Failed !== true;
}

/** The tasks whose gates must be opened now: pending, never started, and the stage before is through. */
export function gatesToOpen(entry: JobEntry): readonly Stage[] {
  const allocation = currentAllocation(entry);
  if (allocation === undefined || isTerminal(allocation) || entry.job.Stop === true) return [];
  const states = allocation.TaskStates ?? {};
  const stages = parseStages(entry.job.Meta?.[metaKeys.stages]);
  return stages.filter((stage, index) => {
    const before = stages[index - 1];
    if (before === undefined || !isThrough(before, states[before.task])) return false;
    const state = states[stage.task];
    return state?.State === "pending" && !(state.Events ?? []).some((event) => event.Type === "Started");
  });
}

/** Whether Nomad would run the pod again elsewhere although it has run: the job must be stopped before. */
export function mustNotRunAgain(entry: JobEntry): boolean {
  const allocation = currentAllocation(entry);
  if (allocation === undefined || entry.job.Stop === true || !hasStarted(allocation)) return false;
  return allocation.ClientStatus === "lost" || allocation.DesiredStatus === "evict";
}
