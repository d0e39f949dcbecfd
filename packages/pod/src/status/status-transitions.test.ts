import type {
  ContainerObservation,
  ContainerObservedState,
  ContainerStatus,
  Pod,
  PodObservation,
  PodStatus,
  RestartPolicy,
} from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { isTerminalPhase } from "./phase.ts";
import { computePodStatus } from "./status.ts";
import type { StatusInput } from "./status-input.ts";

/** What a backend may say of a container; undefined is silence. */
const containerStates: readonly (ContainerObservedState | undefined)[] = [
  undefined,
  { type: "waiting" },
  { type: "running", startedAt: "2026-11-02T00:00:01Z" },
  { type: "terminated", exitCode: 0 },
  { type: "terminated", exitCode: 1 },
];
const runStates = ["waiting", "active", "ended"] as const;
const policies: readonly RestartPolicy[] = ["Always", "OnFailure", "Never"];

type Step = Omit<StatusInput, "pod" | "now" | "node" | "runtimeName" | "previous">;

/** Everything that can be known of the pod at one moment, for its first and for its second run. */
const steps: readonly Step[] = [0, 1].flatMap((attempt) => {
  const observations: PodObservation[] = [];
  for (const state of runStates) {
    for (const init of containerStates) {
      for (const main of containerStates) {
        // Nothing has been placed: there is nothing to say of containers.
        if (state === "waiting" && (init ?? main) !== undefined) continue;
        const containers: ContainerObservation[] = [];
        const add = (name: string, seen: ContainerObservedState | undefined) => {
          if (seen === undefined) return;
          containers.push({ name, restartCount: 0, instanceId: `${name}-${attempt}`, state: seen });
        };
        add("init", init);
        add("main", main);
        const ref = { namespace: "ns", name: "p", uid: "u1" };
        observations.push({ ref, attempt, version: 1, state, containers });
      }
    }
  }
  const failure = { reason: "Lost" };
  return observations.flatMap((observation): Step[] => [
    { observation, deleting: false },
    { observation, deleting: true },
    { observation, deleting: false, failure },
    { observation, deleting: false, restart: { attempt: attempt + 1, backoffMs: 10_000 } },
  ]);
});
const allSteps: readonly Step[] = [
  { deleting: false },
  { deleting: true },
  { deleting: false, failure: { reason: "Refused" } },
  ...steps,
];

function podWith(restartPolicy: RestartPolicy): Pod {
  return {
    metadata: { name: "p", namespace: "ns", uid: "u1" },
    spec: { restartPolicy, initContainers: [{ name: "init" }], containers: [{ name: "main" }] },
  };
}

function compute(pod: Pod, step: Step, previous: PodStatus | undefined, now: string): PodStatus {
  const input = { pod, now, node: { hostIPs: [] }, runtimeName: "fake", ...step };
  return computePodStatus(previous === undefined ? input : { ...input, previous });
}

function containersOf(status: PodStatus): readonly ContainerStatus[] {
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
}

/** What is wrong with `next` after `before`, as the API server or a reader would see it. */
function faults(restartPolicy: RestartPolicy, before: PodStatus, next: PodStatus): string[] {
  const found: string[] = [];
  if (isTerminalPhase(before.phase) && next.phase !== before.phase) found.push("P3: left a terminal phase");
  if (before.startTime !== next.startTime) found.push("A8: startTime changed");
  const ready = next.conditions?.find((condition) => condition.type === "Ready");
  if (isTerminalPhase(next.phase) && ready?.status === "True") found.push("T4: Ready in a terminal phase");
  for (const condition of next.conditions ?? []) {
    const known = before.conditions?.find((candidate) => candidate.type === condition.type);
    const moved = known?.lastTransitionTime !== condition.lastTransitionTime;
    if (known !== undefined && moved !== (known.status !== condition.status))
      found.push("T6: transition time");
  }
  for (const status of containersOf(next)) {
    if (Object.keys(status.state ?? {}).length !== 1) found.push("A3: one state");
    if (status.ready && status.state?.waiting !== undefined) found.push("A2: ready while waiting");
    if (
      isTerminalPhase(next.phase) &&
      !isTerminalPhase(before.phase) &&
      status.state?.running !== undefined
    ) {
      found.push("P3: terminal while running");
    }
    const known = containersOf(before).find((candidate) => candidate.name === status.name);
    if (known === undefined) continue;
    if (status.restartCount < known.restartCount) found.push("A5: the count went down");
    const ended = known.state?.terminated;
    const mayLeave = restartPolicy === "Always" || (restartPolicy === "OnFailure" && ended?.exitCode !== 0);
    if (ended !== undefined && !mayLeave && status.state?.terminated === undefined)
      found.push("A7: came back");
  }
  return found;
}

describe.each(policies)("every two moments in the life of a pod that is %s", (restartPolicy) => {
  const pod = podWith(restartPolicy);
  const firstSteps = allSteps.filter((step) => (step.observation?.attempt ?? 0) === 0);
  const firsts = firstSteps.map((step) => compute(pod, step, undefined, "2026-11-02T00:00:00Z"));

  it("P3, A2, A3, A5, A7, A8, T4, T6: no step breaks a rule", () => {
    const broken: unknown[] = [];
    const different = new Map(firsts.map((status) => [JSON.stringify(status), status]));
    expect(different.size).toBeGreaterThan(30);
    for (const before of different.values()) {
      for (const step of allSteps) {
        const next = compute(pod, step, before, "2026-11-02T00:01:00Z");
        const found = faults(restartPolicy, before, next);
        if (found.length > 0) broken.push({ found, before, step });
      }
    }
    expect(broken.length, JSON.stringify(broken.slice(0, 3), null, 1)).toBe(0);
  });

  it("gives the same when nothing new is known", () => {
    const broken: unknown[] = [];
    for (const [index, before] of firsts.entries()) {
      const step = firstSteps[index] ?? { deleting: false };
      const again = compute(pod, step, before, "2026-11-02T00:01:00Z");
      if (JSON.stringify(again) !== JSON.stringify(before)) broken.push({ step, before, again });
    }
    expect(broken.length, JSON.stringify(broken.slice(0, 2), null, 1)).toBe(0);
  });
});
