import type {
  Container,
  ContainerObservation,
  ContainerObservedState,
  ContainerStatus,
  Pod,
  PodCondition,
  PodObservation,
  PodStatus,
  RestartPolicy,
} from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { isTerminalPhase } from "./phase.ts";
import { containerRestartable } from "./restart.ts";
import { computePodStatus } from "./status.ts";

const policies: readonly RestartPolicy[] = ["Always", "OnFailure", "Never"];
const startedAt = "2026-11-02T00:00:01Z";
const lastTermination = {
  exitCode: 1,
  startedAt: "2026-11-01T00:00:00Z",
  finishedAt: "2026-11-01T00:00:05Z",
};

/** Every state in which a backend can see a container, restarts before it included. */
const seen: readonly Omit<ContainerObservation, "name">[] = [
  { restartCount: 0, state: { type: "waiting" } },
  { restartCount: 1, state: { type: "waiting", reason: "CrashLoopBackOff" }, lastTermination },
  ...(
    [
      { type: "running", startedAt, started: false, ready: false },
      { type: "running", startedAt, started: true, ready: true },
      { type: "terminated", exitCode: 0, startedAt },
      { type: "terminated", exitCode: 1, startedAt },
    ] satisfies ContainerObservedState[]
  ).map((state) => ({ restartCount: 0, state })),
];

const init: Container = { name: "init" };
const side: Container = { name: "side", restartPolicy: "Always" };
const shapes: Readonly<Record<string, { initContainers: Container[]; containers: Container[] }>> = {
  "one main container": { initContainers: [], containers: [{ name: "a" }] },
  "two main containers": { initContainers: [], containers: [{ name: "b" }, { name: "a" }] },
  "an init container and two main ones": {
    initContainers: [init],
    containers: [{ name: "a" }, { name: "b" }],
  },
  "an init container, a sidecar and a main one": {
    initContainers: [init, side],
    containers: [{ name: "a" }],
  },
  "a sidecar, an init container and a main one": {
    initContainers: [side, init],
    containers: [{ name: "a" }],
  },
};

const gates: readonly (PodCondition | undefined)[] = [
  undefined,
  { type: "example.com/gate", status: "True", lastTransitionTime: "2026-10-01T00:00:00Z" },
];
const foreign: PodCondition = {
  type: "example.com/foreign",
  status: "False",
  reason: "Mine",
  lastTransitionTime: "2026-10-01T00:00:00Z",
};

function observationsOf(names: readonly string[]): readonly PodObservation[] {
  const ref = { namespace: "ns", name: "p", uid: "u" };
  let combinations: readonly (readonly ContainerObservation[])[] = [[]];
  for (const name of names) {
    combinations = combinations.flatMap((before) => seen.map((state) => [...before, { name, ...state }]));
  }
  return combinations.flatMap((containers) =>
    (["active", "ended"] as const).map((state) => ({ ref, attempt: 0, version: 1, state, containers })),
  );
}

function compute(
  pod: Pod,
  observation: PodObservation,
  deleting: boolean,
  now: string,
  previous?: PodStatus,
): PodStatus {
  const node = { hostIPs: ["10.0.0.1"] };
  const input = { pod, observation, deleting, now, node, runtimeName: "fake" };
  return computePodStatus(previous === undefined ? input : { ...input, previous });
}

/** Statuses as they may stand before: one of each phase, with and without the gate's condition. */
function beginnings(pod: Pod, observations: readonly PodObservation[]): readonly PodStatus[] {
  const byPhase = new Map<string, PodStatus>();
  for (const observation of observations) {
    for (const deleting of [false, true]) {
      const status = compute(pod, observation, deleting, "2026-11-02T00:00:00Z");
      if (!byPhase.has(`${status.phase}`)) byPhase.set(`${status.phase}`, status);
    }
  }
  return [...byPhase.values()].flatMap((status) =>
    gates.map((gate) => ({
      ...status,
      ...(isTerminalPhase(status.phase) && { reason: "Before", message: "it was so" }),
      qosClass: "Guaranteed" as const,
      conditions: [...(status.conditions ?? []), foreign, ...(gate ? [gate] : [])],
    })),
  );
}

const condition = (status: PodStatus, type: string) =>
  status.conditions?.find((candidate) => candidate.type === type);

/** What every status must be, whatever came before (pod-semantics 12, 14, 15). */
function ownFaults(pod: Pod, status: PodStatus): readonly string[] {
  const faults: string[] = [];
  const check = (fault: string, holds: boolean) => {
    if (!holds) faults.push(fault);
  };
  const spec = pod.spec ?? { containers: [] };
  const [inits, mains] = [status.initContainerStatuses ?? [], status.containerStatuses ?? []];
  check("P7", ["Pending", "Running", "Succeeded", "Failed"].includes(status.phase ?? ""));
  check(
    "A1: init statuses in spec order",
    inits.map(({ name }) => name).join() === (spec.initContainers ?? []).map(({ name }) => name).join(),
  );
  check(
    "A1: main statuses sorted by name",
    mains.map(({ name }) => name).join() ===
      spec.containers
        .map(({ name }) => name)
        .sort()
        .join(),
  );
  const terminal = isTerminalPhase(status.phase);
  for (const type of ["Ready", "ContainersReady"]) {
    check(`T4: ${type} with a terminal phase`, !terminal || condition(status, type)?.status === "False");
  }
  const gate = condition(status, "example.com/gate")?.status === "True";
  const ready = condition(status, "Ready")?.status === "True";
  check("T4: Ready needs the gate", !ready || gate);
  check(
    "T4: Ready is ContainersReady and the gate",
    ready === (gate && condition(status, "ContainersReady")?.status === "True"),
  );
  check("T1", condition(status, "PodScheduled")?.status === "True");
  check(
    "T6: generation",
    (status.conditions ?? []).every(
      (one) => one === foreign || one.type === "example.com/gate" || one.observedGeneration === 3,
    ),
  );
  const judged = [...mains, ...inits.filter(({ name }) => name === "side")];
  check(
    "T3",
    (condition(status, "ContainersReady")?.status === "True") ===
      (!terminal && judged.every((one) => one.ready)),
  );
  for (const one of [...inits, ...mains]) {
    const members = Object.keys(one.state ?? {});
    check(`A3: one state of ${one.name}`, members.length === 1);
    check("A3: lastState", Object.keys(one.lastState ?? { terminated: 1 }).join() === "terminated");
    check("A2: started", one.started !== true || one.state?.running !== undefined);
    const done = one.name === "init" && one.state?.terminated?.exitCode === 0;
    check("A2: ready", one.name === "init" ? one.ready === done : !one.ready || one.started === true);
  }
  return faults;
}

/** What a step from one status to the next must keep. */
function stepFaults(pod: Pod, before: PodStatus, next: PodStatus): readonly string[] {
  const faults: string[] = [];
  const check = (fault: string, holds: boolean) => {
    if (!holds) faults.push(fault);
  };
  const wasTerminal = isTerminalPhase(before.phase);
  const mains = next.containerStatuses ?? [];
  const all = [...(next.initContainerStatuses ?? []), ...mains];
  const spec = pod.spec ?? { containers: [] };
  check("P3: left a terminal phase", !wasTerminal || next.phase === before.phase);
  if (isTerminalPhase(next.phase) && !wasTerminal) {
    check(
      "P3: terminal while running",
      all.every(({ state }) => state?.running === undefined),
    );
  }
  if (next.phase === "Succeeded" && !wasTerminal) {
    check(
      "P6: succeeded with a failure",
      mains.every(({ state }) => state?.terminated?.exitCode === 0),
    );
  }
  if (next.phase === "Failed" && !wasTerminal) {
    check(
      "P6: failed without a failure",
      all.some(({ state, lastState }) => (state?.terminated ?? lastState?.terminated)?.exitCode !== 0),
    );
  }
  if (wasTerminal)
    check("P4: the words of the phase", next.reason === before.reason && next.message === before.message);
  check("A8: start time", next.startTime === before.startTime);
  check("S1", next.qosClass === before.qosClass);
  check("T5: foreign conditions", next.conditions?.includes(foreign) === true);
  for (const known of before.conditions ?? []) {
    const now = condition(next, known.type);
    check(`T5: ${known.type} is gone`, now !== undefined);
    const moved = now?.lastTransitionTime !== known.lastTransitionTime;
    check(`T6: transition of ${known.type}`, moved === (now?.status !== known.status));
  }
  for (const one of all) {
    const known = [...(before.initContainerStatuses ?? []), ...(before.containerStatuses ?? [])].find(
      ({ name }) => name === one.name,
    );
    if (known !== undefined) faults.push(...containerFaults(spec, known, one, wasTerminal));
  }
  return faults;
}

function containerFaults(
  spec: NonNullable<Pod["spec"]>,
  before: ContainerStatus,
  next: ContainerStatus,
  terminal: boolean,
): readonly string[] {
  const faults: string[] = [];
  if (next.restartCount < before.restartCount) faults.push("A5: the count went down");
  const ended = before.state?.terminated;
  if (ended === undefined || next.state?.terminated !== undefined) return faults;
  const container = [...(spec.initContainers ?? []), ...spec.containers].find(
    ({ name }) => name === next.name,
  );
  const policy = spec.restartPolicy === "Always" || container?.restartPolicy === "Always";
  const mayLeave =
    container !== undefined && (policy || containerRestartable(spec, container, ended.exitCode));
  if (terminal || !mayLeave) faults.push("A7: came back");
  return faults;
}

describe.each(Object.entries(shapes))("every status of a pod with %s", (_, shape) => {
  it.each(policies)("sections 12, 14 and 15 hold under %s", (restartPolicy) => {
    const pod: Pod = {
      metadata: { name: "p", namespace: "ns", uid: "u", generation: 3 },
      spec: { ...shape, restartPolicy, readinessGates: [{ conditionType: "example.com/gate" }] },
    };
    const names = [...shape.initContainers, ...shape.containers].map(({ name }) => name);
    const observations = observationsOf(names);
    const starts = beginnings(pod, observations);
    expect(starts.length).toBeGreaterThanOrEqual(6);
    const broken = new Map<string, unknown>();
    for (const before of starts) {
      for (const observation of observations) {
        for (const deleting of [false, true]) {
          const next = compute(pod, observation, deleting, "2026-11-02T00:01:00Z", before);
          const again = compute(pod, observation, deleting, "2026-11-02T00:02:00Z", next);
          const found = [...ownFaults(pod, next), ...stepFaults(pod, before, next)];
          if (JSON.stringify(again) !== JSON.stringify(next)) found.push("not the same when nothing is new");
          for (const fault of found) broken.set(fault, { deleting, observation, before, next, again });
        }
      }
    }
    expect([...broken.keys()], JSON.stringify([...broken.values()][0], null, 1)).toEqual([]);
  });
});
