import type { Container, ContainerStatus, PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { computePhase } from "./phase.ts";
import {
  allContainersRestarting,
  matchingRestartRule,
  removedForRestart,
  restartAllOf,
} from "./restart-all.ts";

const rule = (action: string, operator: "In" | "NotIn", ...values: number[]) => ({
  action,
  exitCodes: { operator, values },
});
const trigger: Container = {
  name: "b",
  restartPolicy: "Never",
  restartPolicyRules: [rule("RestartAllContainers", "In", 42)],
};
const spec: PodSpec = {
  initContainers: [{ name: "i" }, { name: "s", restartPolicy: "Always" }],
  containers: [{ name: "a" }, trigger],
  restartPolicy: "Never",
};

function ended(name: string, exitCode: number): ContainerStatus {
  return {
    name,
    image: "",
    imageID: "",
    ready: false,
    restartCount: 0,
    state: { terminated: { exitCode } },
  };
}

describe("matchingRestartRule", () => {
  it("B6: the first rule that matches decides, and an operator that nobody knows matches nothing", () => {
    const container: Container = {
      name: "c",
      restartPolicyRules: [
        { action: "Restart", exitCodes: { operator: "Like" as "In", values: [1] } },
        { action: "Restart" },
        rule("RestartAllContainers", "NotIn", 1),
        rule("Restart", "In", 1, 2),
      ],
    };
    expect(matchingRestartRule(container, 2)?.action).toBe("RestartAllContainers");
    expect(matchingRestartRule(container, 1)?.action).toBe("Restart");
    expect(matchingRestartRule({ name: "c" }, 1)).toBeUndefined();
  });
});

describe("restartAllOf", () => {
  it("B6: main containers go before init containers, and what asked for it goes last", () => {
    expect(restartAllOf(spec, { containerStatuses: [ended("b", 42)] })).toEqual({
      triggeredBy: ["b"],
      removal: ["a", "i", "s", "b"],
    });
  });

  it("B6: another exit code asks for nothing", () => {
    expect(restartAllOf(spec, { containerStatuses: [ended("b", 1)] })).toBeUndefined();
  });

  it("B6: once begun it goes on until the condition says otherwise", () => {
    const conditions = [{ type: "AllContainersRestarting", status: "True" as const }];
    expect(restartAllOf(spec, { conditions })?.triggeredBy).toEqual([]);
    expect(restartAllOf(spec, { conditions })?.removal).toEqual(["a", "b", "i", "s"]);
  });
});

describe("removedForRestart", () => {
  it("B6: the removed container waits, counts one more and keeps no identifier", () => {
    const status = removedForRestart({ ...ended("a", 0), restartCount: 2, containerID: "x://1" });
    expect(status).toMatchObject({ restartCount: 3, ready: false, started: false });
    expect(status.state?.waiting?.reason).toBe("RestartingAllContainers");
    expect(status.lastState?.terminated).toMatchObject({ exitCode: 137, reason: "RestartingAllContainers" });
    expect(status).not.toHaveProperty("containerID");
  });

  it("B6: one that waited already is left alone", () => {
    const waiting = { ...ended("a", 0), state: { waiting: { reason: "CrashLoopBackOff" } } };
    expect(removedForRestart(waiting)).toBe(waiting);
  });

  it("B6, P6: such containers are about to run again under every policy, so the pod is not over", () => {
    const statuses = spec.containers.map(({ name }) => removedForRestart(ended(name, 1)));
    const init = (spec.initContainers ?? []).map(({ name }) => removedForRestart(ended(name, 0)));
    expect(
      computePhase({ spec, initContainerStatuses: init, containerStatuses: statuses, terminating: false }),
    ).toBe("Running");
  });
});

describe("allContainersRestarting", () => {
  it("B6, T5: True from the end that asks for it until all are removed; False with a terminal phase", () => {
    const restart = { triggeredBy: ["b"], removal: [] };
    expect(allContainersRestarting({ phase: "Running" }, restart, false)).toEqual({
      type: "AllContainersRestarting",
      status: "True",
      reason: "RestartAllContainersStarted",
      message: "container exited with restart policy rule",
    });
    expect(allContainersRestarting({ phase: "Running" }, restart, true).status).toBe("False");
    expect(allContainersRestarting({ phase: "Running" }, undefined, false)).not.toHaveProperty("reason");
    expect(allContainersRestarting({ phase: "Failed" }, restart, false).reason).toBe("PodFailed");
    expect(allContainersRestarting({ phase: "Succeeded" }, restart, false).reason).toBe("PodCompleted");
  });
});
