import type { ContainerStatus, PodCondition, PodPhase, PodSpec } from "@vkubelet/core";
import { anyMainStarted } from "./phase.ts";
import { isSidecar } from "./restart.ts";

/** What the conditions of a pod depend on. */
export interface ConditionInput {
  readonly spec: PodSpec;
  readonly phase: PodPhase;
  /** Undefined for a pod that was refused before anything of it existed. */
  readonly initContainerStatuses: readonly ContainerStatus[] | undefined;
  readonly containerStatuses: readonly ContainerStatus[] | undefined;
  /** Whether what the containers start in exists; undefined when nothing new is known. */
  readonly readyToStart: boolean | undefined;
  /** Set when the pod was taken away and is now over: the message of DisruptionTarget. */
  readonly disruption?: { readonly message?: string };
  readonly previous: readonly PodCondition[];
  readonly now: string;
  readonly generation: number | undefined;
}

type Verdict = Pick<PodCondition, "type" | "status" | "reason" | "message">;

/**
 * All conditions of the pod: those that the node owns computed anew (pod-semantics 14), every other one, readiness
 * gates above all, as it stood. `lastTransitionTime` moves only where the status changed (T6).
 */
export function computeConditions(input: ConditionInput): readonly PodCondition[] {
  const containersReady = containersReadyVerdict(input);
  const verdicts: readonly Verdict[] = [
    { type: "PodReadyToStartContainers", status: readyToStartStatus(input) },
    initializedVerdict(input),
    readyVerdict(input, containersReady),
    containersReady,
    { type: "PodScheduled", status: "True" },
    ...disruptionVerdicts(input),
  ];
  const conditions = input.previous.map((condition) => {
    const verdict = verdicts.find((candidate) => candidate.type === condition.type);
    return verdict === undefined ? condition : conditionOf(verdict, condition, input);
  });
  for (const verdict of verdicts) {
    const known = input.previous.some((condition) => condition.type === verdict.type);
    if (!known) conditions.push(conditionOf(verdict, undefined, input));
  }
  return conditions;
}

function conditionOf(
  verdict: Verdict,
  previous: PodCondition | undefined,
  input: ConditionInput,
): PodCondition {
  const unchanged = previous !== undefined && previous.status === verdict.status;
  const lastTransitionTime = unchanged ? (previous.lastTransitionTime ?? input.now) : input.now;
  return {
    ...(previous?.lastProbeTime !== undefined && { lastProbeTime: previous.lastProbeTime }),
    ...verdict,
    lastTransitionTime,
    ...(input.generation !== undefined && { observedGeneration: input.generation }),
  };
}

/** T1: the last word stands as long as nothing new is known. */
function readyToStartStatus(input: ConditionInput): "True" | "False" {
  if (input.readyToStart !== undefined) return input.readyToStart ? "True" : "False";
  const previous = input.previous.find((condition) => condition.type === "PodReadyToStartContainers");
  return previous?.status === "True" ? "True" : "False";
}

/** T2. */
function initializedVerdict(input: ConditionInput): Verdict {
  const type = "Initialized";
  const init = input.spec.initContainers ?? [];
  if (input.phase === "Succeeded") return { type, status: "True", reason: "PodCompleted" };
  if (init.length === 0 || anyMainStarted(input.containerStatuses ?? [])) return { type, status: "True" };
  if (input.initContainerStatuses === undefined) {
    return { type, status: "False", reason: "UnknownContainerStatuses" };
  }
  const incomplete: string[] = [];
  for (const container of init) {
    const status = input.initContainerStatuses.find((candidate) => candidate.name === container.name);
    const complete = isSidecar(container) ? status?.started === true : status?.ready === true;
    if (!complete) incomplete.push(container.name);
  }
  // A pod that was initialized once stays so, even where its init containers run again (B6).
  const before = input.previous.find((condition) => condition.type === type);
  if (incomplete.length === 0 || before?.status === "True") return { type, status: "True" };
  return {
    type,
    status: "False",
    reason: "ContainersNotInitialized",
    message: `containers with incomplete status: [${incomplete.join(" ")}]`,
  };
}

/** T3. */
function containersReadyVerdict(input: ConditionInput): Verdict {
  const type = "ContainersReady";
  if (input.phase === "Succeeded") return { type, status: "False", reason: "PodCompleted" };
  if (input.phase === "Failed") return { type, status: "False", reason: "PodFailed" };
  if (input.containerStatuses === undefined) {
    return { type, status: "False", reason: "UnknownContainerStatuses" };
  }
  const statuses = [...(input.initContainerStatuses ?? []), ...input.containerStatuses];
  const judged = [...(input.spec.initContainers ?? []).filter(isSidecar), ...input.spec.containers];
  const unready = judged
    .map((container) => container.name)
    .filter((name) => statuses.find((status) => status.name === name)?.ready !== true);
  if (unready.length === 0) return { type, status: "True" };
  return {
    type,
    status: "False",
    reason: "ContainersNotReady",
    message: `containers with unready status: [${unready.join(" ")}]`,
  };
}

/** T4. */
function readyVerdict(input: ConditionInput, containersReady: Verdict): Verdict {
  const type = "Ready";
  if (containersReady.status !== "True") return { ...containersReady, type };
  const problems: string[] = [];
  for (const { conditionType } of input.spec.readinessGates ?? []) {
    const gate = input.previous.find((condition) => condition.type === conditionType);
    if (gate === undefined) {
      problems.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    } else if (gate.status !== "True") {
      problems.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`);
    }
  }
  if (problems.length === 0) return { type, status: "True" };
  return { type, status: "False", reason: "ReadinessGatesNotReady", message: problems.join(", ") };
}

/** T5: the condition is shared; without news it stays as somebody left it. */
function disruptionVerdicts(input: ConditionInput): readonly Verdict[] {
  if (input.disruption === undefined) return [];
  const { message } = input.disruption;
  return [
    {
      type: "DisruptionTarget",
      status: "True",
      reason: "TerminationByKubelet",
      ...(message !== undefined && { message }),
    },
  ];
}
