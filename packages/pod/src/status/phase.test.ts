import type { Container, ContainerStatus, PodPhase, PodSpec, RestartPolicy } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { computePhase, isTerminalPhase } from "./phase.ts";

/** What a container can be in, by name. */
const states = {
  none: undefined,
  waiting: { state: { waiting: {} } },
  running: { state: { running: {} } },
  done: { state: { terminated: { exitCode: 0 } } },
  failed: { state: { terminated: { exitCode: 1 } } },
  backoffDone: { state: { waiting: {} }, lastState: { terminated: { exitCode: 0 } } },
  backoffFailed: { state: { waiting: {} }, lastState: { terminated: { exitCode: 1 } } },
  rerunning: { state: { running: {} }, lastState: { terminated: { exitCode: 1 } } },
} as const satisfies Record<string, Pick<ContainerStatus, "state" | "lastState"> | undefined>;
type StateName = keyof typeof states;
const stateNames = Object.keys(states) as StateName[];
const policies: readonly RestartPolicy[] = ["Always", "OnFailure", "Never"];

interface Case {
  readonly policy?: RestartPolicy;
  readonly init?: StateName;
  readonly sidecar?: StateName;
  readonly sidecarStarted?: boolean;
  readonly mains: readonly StateName[];
  readonly deleting?: boolean;
}

function statusIn(name: string, stateName: StateName | undefined, started = true): ContainerStatus[] {
  const state = stateName === undefined ? undefined : states[stateName];
  if (state === undefined) return [];
  return [{ name, image: "", imageID: "", ready: false, started, restartCount: 0, ...state }];
}

function phaseOf(test: Case): PodPhase {
  const initContainers: Container[] = [];
  if (test.init !== undefined) initContainers.push({ name: "init" });
  if (test.sidecar !== undefined) initContainers.push({ name: "side", restartPolicy: "Always" });
  const spec: PodSpec = {
    initContainers,
    containers: test.mains.map((_, index) => ({ name: `m${index}` })),
    restartPolicy: test.policy ?? "Always",
  };
  return computePhase({
    spec,
    initContainerStatuses: [
      ...statusIn("init", test.init),
      ...statusIn("side", test.sidecar, test.sidecarStarted ?? true),
    ],
    containerStatuses: test.mains.flatMap((state, index) => statusIn(`m${index}`, state)),
    terminating: test.deleting ?? false,
  });
}

describe("the table of restart policies (pod-semantics 12)", () => {
  it.each([
    ["Always", "Running", "Running", "Running"],
    ["OnFailure", "Succeeded", "Running", "Running"],
    ["Never", "Succeeded", "Failed", "Running"],
  ] as const)("P6: %s", (policy, allDone, someFailed, backoffAndRunning) => {
    expect(phaseOf({ policy, mains: ["done", "done"] })).toBe(allDone);
    expect(phaseOf({ policy, mains: ["done", "failed"] })).toBe(someFailed);
    expect(phaseOf({ policy, mains: ["backoffFailed", "running"] })).toBe(backoffAndRunning);
    expect(phaseOf({ policy, mains: ["done", "done"], deleting: true })).toBe("Succeeded");
    expect(phaseOf({ policy, mains: ["done", "failed"], deleting: true })).toBe("Failed");
  });
});

it("P1: one container still waiting for its first start keeps the pod Pending", () => {
  expect(phaseOf({ mains: ["running", "waiting"] })).toBe("Pending");
  expect(phaseOf({ mains: ["failed", "waiting"], policy: "Never" })).toBe("Pending");
});

it("P2: CrashLoopBackOff is Running", () => {
  expect(phaseOf({ mains: ["backoffFailed"] })).toBe("Running");
  expect(phaseOf({ mains: ["backoffDone"] })).toBe("Running");
});

it("I2: a failed init container fails a Never pod, and keeps others Pending", () => {
  expect(phaseOf({ policy: "Never", init: "failed", mains: ["waiting"] })).toBe("Failed");
  expect(phaseOf({ policy: "OnFailure", init: "failed", mains: ["waiting"] })).toBe("Pending");
  expect(phaseOf({ policy: "Always", init: "backoffFailed", mains: ["waiting"] })).toBe("Pending");
});

it("I1: main containers wait for the init container", () => {
  expect(phaseOf({ init: "running", mains: ["waiting"] })).toBe("Pending");
  expect(phaseOf({ init: "done", mains: ["running"] })).toBe("Running");
});

it("I3: a sidecar that has not started holds the pod Pending, but no longer once a main container ran", () => {
  expect(phaseOf({ sidecar: "running", sidecarStarted: false, mains: ["waiting"] })).toBe("Pending");
  expect(phaseOf({ sidecar: "running", sidecarStarted: false, mains: ["running"] })).toBe("Running");
  expect(phaseOf({ sidecar: "failed", mains: ["running"] })).toBe("Running");
});

it("I4: the exit codes of sidecars do not count, but a running one keeps the pod Running", () => {
  expect(phaseOf({ policy: "Never", sidecar: "failed", mains: ["done"] })).toBe("Succeeded");
  expect(phaseOf({ policy: "Never", sidecar: "running", mains: ["done"] })).toBe("Running");
});

describe("every state of up to two main containers, an init container and a sidecar", () => {
  const cases: Case[] = [];
  const inits = [undefined, ...stateNames];
  const mainLists = stateNames.flatMap((one) => [[one], ...stateNames.map((two) => [one, two])]);
  for (const policy of policies) {
    for (const deleting of [false, true]) {
      for (const mains of mainLists) {
        for (const init of inits) cases.push({ policy, deleting, mains, ...(init && { init }) });
        for (const sidecar of stateNames) {
          for (const sidecarStarted of [false, true])
            cases.push({ policy, deleting, mains, sidecar, sidecarStarted });
        }
      }
    }
  }
  const isRunning = (state: StateName | undefined) => state === "running" || state === "rerunning";
  const lacks = (state: StateName | undefined) => state === "waiting" || state === "none";
  const exits = (state: StateName) => (state === "done" || state === "backoffDone" ? 0 : 1);
  const check = (holds: (test: Case, phase: PodPhase) => boolean) => {
    expect(cases.filter((test) => !holds(test, phaseOf(test)))).toEqual([]);
  };

  it("P7: gives one of the four phases of a kubelet", () => {
    expect(cases.length).toBeGreaterThan(10_000);
    check((_, phase) => ["Pending", "Running", "Succeeded", "Failed"].includes(phase));
  });

  it("P3: is never terminal while a main container runs, unless an init container failed for good", () => {
    check(
      (test, phase) =>
        !isTerminalPhase(phase) || !test.mains.some(isRunning) || (test.init?.includes("ailed") ?? false),
    );
  });

  it("P1: is Pending or Failed while a main container lacks its first start", () => {
    check((test, phase) => !test.mains.some(lacks) || phase === "Pending" || phase === "Failed");
  });

  it("Succeeded means that every main container ended with 0", () => {
    check((test, phase) => phase !== "Succeeded" || test.mains.every((state) => state === "done"));
  });

  it("P2, P6: an Always pod whose main containers all ran is Running until it is deleted", () => {
    check(
      (test, phase) =>
        test.policy !== "Always" ||
        test.deleting === true ||
        test.mains.some(lacks) ||
        lacks(test.init) ||
        isRunning(test.init) ||
        lacks(test.sidecar) ||
        phase === "Running",
    );
  });

  it("a pod with all main containers ended is terminal exactly when none restarts or it is being deleted", () => {
    check((test, phase) => {
      const settled = test.mains.every((state) => !lacks(state) && !isRunning(state));
      const initSettled = test.init === undefined || test.init === "done";
      if (!settled || !initSettled || test.sidecar !== undefined) return true;
      const restarts = test.mains.some(
        (state) => test.policy === "Always" || (test.policy === "OnFailure" && exits(state) !== 0),
      );
      return isTerminalPhase(phase) === (test.deleting === true || !restarts);
    });
  });

  it("a failed sidecar or a succeeded one makes no difference", () => {
    check((test, phase) => test.sidecar !== "failed" || phase === phaseOf({ ...test, sidecar: "done" }));
  });

  it("the order of the containers makes no difference", () => {
    check((test, phase) => phase === phaseOf({ ...test, mains: [...test.mains].reverse() }));
  });
});
