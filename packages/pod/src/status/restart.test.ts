import type { Container, ContainerObservation, Pod, PodObservation, PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { containerRestartable, restartDecision, unknownEndRestartable } from "./restart.ts";

const main: Container = { name: "main" };

function restartable(spec: Partial<PodSpec>, container: Container, exitCode: number): boolean {
  return containerRestartable({ containers: [container], ...spec }, container, exitCode);
}

describe("containerRestartable", () => {
  it.each([
    ["Always", true, true],
    ["OnFailure", false, true],
    ["Never", false, false],
  ] as const)("P6: pod policy %s restarts after 0: %s, after 1: %s", (restartPolicy, afterZero, afterOne) => {
    expect(restartable({ restartPolicy }, main, 0)).toBe(afterZero);
    expect(restartable({ restartPolicy }, main, 1)).toBe(afterOne);
  });

  it("P6: a pod without policy is Always", () => {
    expect(restartable({}, main, 0)).toBe(true);
  });

  it("B8: the container's policy goes before the pod's", () => {
    expect(restartable({ restartPolicy: "Always" }, { ...main, restartPolicy: "Never" }, 1)).toBe(false);
    expect(restartable({ restartPolicy: "Never" }, { ...main, restartPolicy: "OnFailure" }, 1)).toBe(true);
    expect(restartable({ restartPolicy: "Never" }, { ...main, restartPolicy: "Always" }, 0)).toBe(true);
  });

  it("B6: the first matching rule restarts even under Never", () => {
    const container: Container = {
      ...main,
      restartPolicy: "Never",
      restartPolicyRules: [
        { action: "Restart", exitCodes: { operator: "In", values: [42, 43] } },
        { action: "RestartAllContainers", exitCodes: { operator: "NotIn", values: [0, 1] } },
      ],
    };
    expect([42, 43, 7, 0, 1].map((code) => restartable({ restartPolicy: "Never" }, container, code))).toEqual(
      [true, true, true, false, false],
    );
  });

  it("B6: rules need the container's own policy", () => {
    const container: Container = {
      ...main,
      restartPolicyRules: [{ action: "Restart", exitCodes: { operator: "In", values: [1] } }],
    };
    expect(restartable({ restartPolicy: "Never" }, container, 1)).toBe(false);
  });

  it("B7: rules are not consulted when the end is unknown", () => {
    const container: Container = {
      ...main,
      restartPolicy: "Never",
      restartPolicyRules: [{ action: "Restart", exitCodes: { operator: "In", values: [137] } }],
    };
    const spec: PodSpec = { containers: [container], restartPolicy: "Always" };
    expect(unknownEndRestartable(spec, container)).toBe(false);
    expect(unknownEndRestartable(spec, main)).toBe(true);
  });

  it("I2: an init container that ended with 0 is done under every policy; Always acts as OnFailure", () => {
    const init: Container = { name: "init" };
    for (const restartPolicy of ["Always", "OnFailure", "Never"] as const) {
      const spec: PodSpec = { containers: [main], initContainers: [init], restartPolicy };
      expect(containerRestartable(spec, init, 0)).toBe(false);
      expect(containerRestartable(spec, init, 1)).toBe(restartPolicy !== "Never");
    }
  });

  it("I3: a sidecar restarts on any exit, whatever the pod's policy", () => {
    const sidecar: Container = { name: "side", restartPolicy: "Always" };
    const spec: PodSpec = { containers: [main], initContainers: [sidecar], restartPolicy: "Never" };
    expect(containerRestartable(spec, sidecar, 0)).toBe(true);
    expect(containerRestartable(spec, sidecar, 1)).toBe(true);
  });
});

function exited(name: string, exitCode: number): ContainerObservation {
  return { name, restartCount: 0, state: { type: "terminated", exitCode } };
}

function ended(
  containers: readonly ContainerObservation[],
  more: Partial<PodObservation> = {},
): PodObservation {
  const ref = { namespace: "ns", name: "p", uid: "u" };
  return { ref, attempt: 0, version: 1, state: "ended", containers, ...more };
}

describe("restartDecision", () => {
  const init: Container = { name: "init" };
  const sidecar: Container = { name: "side", restartPolicy: "Always" };
  const other: Container = { name: "other" };
  const podOf = (spec: Partial<PodSpec>, more: Partial<Pod> = {}): Pod => ({
    spec: { containers: [main], ...spec },
    ...more,
  });
  const no = { restart: false, containers: [] };

  it("B2: exit 0 under Always restarts too", () => {
    expect(restartDecision(podOf({}), ended([exited("main", 0)]))).toEqual({
      restart: true,
      containers: ["main"],
    });
  });

  it("names those that ask, in spec order", () => {
    const pod = podOf({ containers: [other, main], restartPolicy: "OnFailure" });
    expect(restartDecision(pod, ended([exited("main", 1), exited("other", 2)])).containers).toEqual([
      "other",
      "main",
    ]);
    expect(restartDecision(pod, ended([exited("main", 1), exited("other", 0)])).containers).toEqual(["main"]);
    expect(restartDecision(pod, ended([exited("main", 0), exited("other", 0)]))).toEqual(no);
  });

  it("I2: a failed init container asks by its policy, and alone", () => {
    const containers = [exited("init", 3)];
    const always = podOf({ initContainers: [init] });
    expect(restartDecision(always, ended(containers))).toEqual({ restart: true, containers: ["init"] });
    expect(
      restartDecision(podOf({ initContainers: [init], restartPolicy: "Never" }), ended(containers)),
    ).toEqual(no);
  });

  it("I4: sidecars do not ask once the main containers are done", () => {
    const pod = podOf({ initContainers: [sidecar], restartPolicy: "Never" });
    expect(restartDecision(pod, ended([exited("side", 137), exited("main", 0)]))).toEqual(no);
  });

  it("I5: what had succeeded before does not ask again", () => {
    const pod = podOf(
      { containers: [main, other], restartPolicy: "OnFailure" },
      {
        status: {
          containerStatuses: [
            {
              name: "main",
              image: "",
              imageID: "",
              ready: false,
              restartCount: 0,
              state: { terminated: { exitCode: 0 } },
            },
          ],
        },
      },
    );
    expect(restartDecision(pod, ended([exited("main", 1), exited("other", 0)]))).toEqual(no);
    expect(restartDecision(pod, ended([exited("main", 1), exited("other", 1)])).containers).toEqual([
      "other",
    ]);
  });

  it("B7: a main container that vanished with its run is restarted by policy", () => {
    expect(restartDecision(podOf({ restartPolicy: "OnFailure" }), ended([])).containers).toEqual(["main"]);
    expect(restartDecision(podOf({ restartPolicy: "Never" }), ended([]))).toEqual(no);
  });

  it("takes unreported init containers for done when a main one ran", () => {
    const pod = podOf({ initContainers: [init], restartPolicy: "OnFailure" });
    expect(restartDecision(pod, ended([exited("main", 1)])).containers).toEqual(["main"]);
    expect(restartDecision(pod, ended([])).containers).toEqual(["init"]);
  });

  it("G5: never restarts a pod that is being deleted", () => {
    const pod = podOf({}, { metadata: { deletionTimestamp: "2026-11-01T00:00:00Z" } });
    expect(restartDecision(pod, ended([exited("main", 1)]))).toEqual(no);
  });

  it("P3: never restarts after a terminal phase", () => {
    expect(restartDecision(podOf({}, { status: { phase: "Failed" } }), ended([exited("main", 1)]))).toEqual(
      no,
    );
  });

  it("leaves a run alone that has not ended or that failed as a whole", () => {
    const containers = [exited("main", 1)];
    expect(restartDecision(podOf({}), ended(containers, { state: "active" }))).toEqual(no);
    expect(
      restartDecision(podOf({}), ended(containers, { failure: { reason: "SpotInterruption" } })),
    ).toEqual(no);
  });
});
