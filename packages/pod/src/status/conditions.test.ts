import type { Container, ContainerStatus, PodCondition, PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { type ConditionInput, computeConditions } from "./conditions.ts";

const now = "2026-11-02T00:00:00Z";
const before = "2026-11-01T00:00:00Z";
const sidecar: Container = { name: "side", restartPolicy: "Always" };

function status(name: string, more: Partial<ContainerStatus> = {}): ContainerStatus {
  return { name, image: "", imageID: "", ready: false, restartCount: 0, state: { waiting: {} }, ...more };
}

const up: Partial<ContainerStatus> = { ready: true, started: true, state: { running: {} } };

function conditions(more: Partial<ConditionInput> & { readonly spec?: PodSpec } = {}) {
  const all = computeConditions({
    spec: { containers: [{ name: "a" }] },
    phase: "Pending",
    initContainerStatuses: [],
    containerStatuses: [status("a")],
    readyToStart: false,
    previous: [],
    now,
    generation: undefined,
    ...more,
  });
  return (type: string): PodCondition | undefined => all.find((condition) => condition.type === type);
}

describe("T1", () => {
  it("T1: PodScheduled is True from the first write", () => {
    expect(conditions()("PodScheduled")).toEqual({
      type: "PodScheduled",
      status: "True",
      lastTransitionTime: now,
    });
  });

  it("T1: PodReadyToStartContainers follows the place of the pod, and stays without news", () => {
    const type = "PodReadyToStartContainers";
    const previous: PodCondition[] = [{ type, status: "True", lastTransitionTime: before }];
    expect(conditions({ readyToStart: true })(type)?.status).toBe("True");
    expect(conditions({ readyToStart: false, previous })(type)?.status).toBe("False");
    expect(conditions({ readyToStart: undefined, previous })(type)?.status).toBe("True");
    expect(conditions({ readyToStart: undefined })(type)?.status).toBe("False");
  });
});

describe("T2", () => {
  const spec: PodSpec = { containers: [{ name: "a" }], initContainers: [{ name: "i" }, sidecar] };
  const doneInit = status("i", { ready: true, state: { terminated: { exitCode: 0 } } });

  it("T2: Initialized is False while an init container or a sidecar is incomplete, and names them", () => {
    const initialized = conditions({ spec, initContainerStatuses: [status("i"), status("side")] })(
      "Initialized",
    );
    expect(initialized).toMatchObject({
      status: "False",
      reason: "ContainersNotInitialized",
      message: "containers with incomplete status: [i side]",
    });
    const started = [doneInit, status("side", { started: false, state: { running: {} } })];
    expect(conditions({ spec, initContainerStatuses: started })("Initialized")?.message).toBe(
      "containers with incomplete status: [side]",
    );
  });

  it("T2: Initialized is True when all are complete, whether the sidecar is ready or not", () => {
    const complete = [doneInit, status("side", { started: true, state: { running: {} } })];
    expect(conditions({ spec, initContainerStatuses: complete })("Initialized")).toMatchObject({
      status: "True",
    });
    expect(conditions()("Initialized")?.status).toBe("True");
  });

  it("T2: a sidecar's restart does not reset it once a main container has started", () => {
    const initContainerStatuses = [doneInit, status("side", { started: false })];
    const containerStatuses = [status("a", up)];
    expect(conditions({ spec, initContainerStatuses, containerStatuses })("Initialized")?.status).toBe(
      "True",
    );
  });

  it("T2, B6: a pod that was initialized stays so when its init containers run again", () => {
    const previous: PodCondition[] = [{ type: "Initialized", status: "True", lastTransitionTime: before }];
    const again = { spec, initContainerStatuses: [status("i"), status("side")], previous };
    expect(conditions(again)("Initialized")).toEqual({
      type: "Initialized",
      status: "True",
      lastTransitionTime: before,
    });
  });

  it("T2: Succeeded is True with PodCompleted", () => {
    const initialized = conditions({ spec, phase: "Succeeded", initContainerStatuses: [doneInit] })(
      "Initialized",
    );
    expect(initialized).toMatchObject({ status: "True", reason: "PodCompleted" });
  });
});

describe("T3", () => {
  const spec: PodSpec = {
    containers: [{ name: "a" }, { name: "b" }],
    initContainers: [{ name: "i" }, sidecar],
  };

  it("T3: ContainersReady needs main containers and sidecars, and names those that are not", () => {
    const initContainerStatuses = [status("i"), status("side")];
    const containerStatuses = [status("a", up), status("b")];
    expect(conditions({ spec, initContainerStatuses, containerStatuses })("ContainersReady")).toMatchObject({
      status: "False",
      reason: "ContainersNotReady",
      message: "containers with unready status: [side b]",
    });
    const ready = {
      initContainerStatuses: [status("i"), status("side", up)],
      containerStatuses: [status("a", up), status("b", up)],
    };
    expect(conditions({ spec, ...ready })("ContainersReady")?.status).toBe("True");
  });

  it("T3: a terminal phase says PodCompleted or PodFailed, missing statuses UnknownContainerStatuses", () => {
    expect(conditions({ phase: "Succeeded" })("ContainersReady")?.reason).toBe("PodCompleted");
    expect(conditions({ phase: "Failed" })("ContainersReady")?.reason).toBe("PodFailed");
    expect(conditions({ containerStatuses: undefined })("ContainersReady")?.reason).toBe(
      "UnknownContainerStatuses",
    );
  });
});

describe("T4", () => {
  const spec: PodSpec = {
    containers: [{ name: "a" }],
    readinessGates: [{ conditionType: "example.com/lb" }],
  };
  const containerStatuses = [status("a", up)];
  const gate = (value: "True" | "False"): PodCondition => ({ type: "example.com/lb", status: value });

  it("T4: Ready needs every readiness gate present and True", () => {
    const ready = (previous: PodCondition[]) =>
      conditions({ spec, phase: "Running", containerStatuses, previous })("Ready");
    expect(ready([])).toMatchObject({
      status: "False",
      reason: "ReadinessGatesNotReady",
      message: 'corresponding condition of pod readiness gate "example.com/lb" does not exist.',
    });
    expect(ready([gate("False")])?.message).toBe(
      'the status of pod readiness gate "example.com/lb" is not "True", but False',
    );
    expect(ready([gate("True")])?.status).toBe("True");
  });

  it("T4: Ready is never True with a terminal phase", () => {
    for (const phase of ["Succeeded", "Failed"] as const) {
      expect(conditions({ spec, phase, containerStatuses, previous: [gate("True")] })("Ready")?.status).toBe(
        "False",
      );
    }
  });

  it("T4: an unready container shows in Ready with its own reason", () => {
    expect(conditions({ phase: "Running" })("Ready")).toMatchObject({
      status: "False",
      reason: "ContainersNotReady",
      message: "containers with unready status: [a]",
    });
  });
});

describe("T5", () => {
  it("T5: conditions of others are kept as they are, in their place", () => {
    const foreign: PodCondition = {
      type: "example.com/lb",
      status: "True",
      reason: "Registered",
      lastTransitionTime: before,
      lastProbeTime: null,
    };
    const resize: PodCondition = { type: "PodResizePending", status: "True", reason: "Infeasible" };
    const previous = [foreign, resize];
    const all = computeConditions({
      spec: { containers: [] },
      phase: "Running",
      initContainerStatuses: [],
      containerStatuses: [],
      readyToStart: true,
      previous,
      now,
      generation: 3,
    });
    expect(all.slice(0, 2)).toEqual(previous);
    expect(all.map((condition) => condition.type)).toEqual([
      "example.com/lb",
      "PodResizePending",
      "PodReadyToStartContainers",
      "Initialized",
      "Ready",
      "ContainersReady",
      "PodScheduled",
    ]);
  });

  it("T5: DisruptionTarget is set by a disruption and kept without one", () => {
    const set = conditions({ phase: "Failed", disruption: { message: "Spot capacity was taken back" } });
    expect(set("DisruptionTarget")).toEqual({
      type: "DisruptionTarget",
      status: "True",
      reason: "TerminationByKubelet",
      message: "Spot capacity was taken back",
      lastTransitionTime: now,
    });
    const other: PodCondition = { type: "DisruptionTarget", status: "True", reason: "EvictionByEvictionAPI" };
    expect(conditions({ previous: [other] })("DisruptionTarget")).toEqual(other);
    expect(conditions()("DisruptionTarget")).toBeUndefined();
  });
});

describe("T6", () => {
  it("T6: lastTransitionTime changes only with the status, observedGeneration is the pod's", () => {
    const previous: PodCondition[] = [
      { type: "Ready", status: "False", reason: "Old", lastTransitionTime: before, lastProbeTime: null },
      { type: "ContainersReady", status: "True", lastTransitionTime: before },
    ];
    const of = conditions({ previous, generation: 7 });
    expect(of("Ready")).toEqual({
      type: "Ready",
      status: "False",
      reason: "ContainersNotReady",
      message: "containers with unready status: [a]",
      lastTransitionTime: before,
      lastProbeTime: null,
      observedGeneration: 7,
    });
    expect(of("ContainersReady")).toMatchObject({
      status: "False",
      lastTransitionTime: now,
      observedGeneration: 7,
    });
  });
});
