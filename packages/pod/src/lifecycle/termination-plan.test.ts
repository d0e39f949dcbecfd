import type { Container, Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { probeKillStop, restartAllStop, terminationPlan } from "./termination-plan.ts";

const preStop = { sleep: { seconds: 1 } };
const side = (name: string, more: Partial<Container> = {}): Container => ({
  name,
  restartPolicy: "Always",
  ...more,
});
const pod: Pod = {
  spec: {
    terminationGracePeriodSeconds: 20,
    containers: [{ name: "a", lifecycle: { preStop } }, { name: "b" }],
    initContainers: [side("s1", { lifecycle: { preStop } }), { name: "init" }, side("s2"), side("s3")],
    ephemeralContainers: [{ name: "debug" }],
  },
};

describe("terminationPlan", () => {
  it("G2, G3: main containers stop at once, sidecars after them in the reverse order", () => {
    const plan = terminationPlan(pod, { running: ["a", "b", "s1", "s2", "s3", "debug"] });
    expect(plan.graceSeconds).toBe(20);
    expect(plan.stops.map(({ container, kind, waitsFor }) => [container, kind, waitsFor])).toEqual([
      ["a", "main", []],
      ["b", "main", []],
      ["debug", "ephemeral", []],
      ["s3", "sidecar", ["a", "b"]],
      ["s2", "sidecar", ["a", "b", "s3"]],
      ["s1", "sidecar", ["a", "b", "s3", "s2"]],
    ]);
  });

  it("G3: nobody waits for what does not run", () => {
    const plan = terminationPlan(pod, { running: ["b", "init", "s1", "s3"] });
    expect(plan.stops.map(({ container, waitsFor }) => [container, waitsFor])).toEqual([
      ["b", []],
      ["init", []],
      ["s3", ["b"]],
      ["s1", ["b", "s3"]],
    ]);
  });

  it("G2, G3: whoever has a preStop hook runs it, sidecars too, and is announced", () => {
    const plan = terminationPlan(pod, { running: ["a", "b", "s1"] });
    expect(plan.stops.filter((stop) => stop.preStop !== undefined).map(({ container }) => container)).toEqual(
      ["a", "s1"],
    );
    expect(plan.stops[0]?.message).toBe("Stopping container a");
  });

  it("G7: signals are the pod's, the image's, or SIGTERM", () => {
    const plan = terminationPlan(pod, { running: ["a", "b"], imageStopSignals: { b: "SIGQUIT" } });
    expect(plan.stops.map(({ stopSignal }) => stopSignal)).toEqual(["SIGTERM", "SIGQUIT"]);
  });

  it("G8: a forced deletion has the least grace, 1 s, and still runs the hook", () => {
    const plan = terminationPlan({ ...pod, metadata: { deletionGracePeriodSeconds: 0 } }, { running: ["a"] });
    expect(plan).toMatchObject({ graceSeconds: 1, stops: [{ graceSeconds: 1, preStop: { type: "sleep" } }] });
  });
});

describe("probeKillStop", () => {
  const container: Container = {
    name: "c",
    lifecycle: { preStop },
    livenessProbe: { terminationGracePeriodSeconds: 3 },
    startupProbe: {},
  };
  const probed: Pod = { spec: { terminationGracePeriodSeconds: 20, containers: [container] } };

  it("G4: the probe's grace, else the pod's; a deletion that has begun goes before both", () => {
    const stop = probeKillStop(probed, container, "liveness", "m");
    expect(stop).toMatchObject({ graceSeconds: 3, preStop: { type: "sleep" }, waitsFor: [], message: "m" });
    expect(probeKillStop(probed, container, "startup", "m").graceSeconds).toBe(20);
    const deleted = { ...probed, metadata: { deletionGracePeriodSeconds: 7 } };
    expect(probeKillStop(deleted, container, "liveness", "m").graceSeconds).toBe(7);
    expect(
      probeKillStop({ spec: { containers: [container] } }, { name: "x" }, "startup", "").graceSeconds,
    ).toBe(30);
  });

  it("G7: the image's signal is used here too", () => {
    expect(probeKillStop(probed, container, "liveness", "m", "SIGINT").stopSignal).toBe("SIGINT");
  });
});

describe("restartAllStop", () => {
  it("B6: neither hook nor grace", () => {
    const first = pod.spec?.containers[0] ?? { name: "" };
    expect(restartAllStop(pod, first, "SIGINT")).toEqual({
      container: "a",
      kind: "main",
      graceSeconds: 0,
      waitsFor: [],
      stopSignal: "SIGINT",
      message: "killing",
    });
    expect(restartAllStop(pod, side("s1")).kind).toBe("sidecar");
    expect(restartAllStop(pod, { name: "init" }).kind).toBe("init");
  });
});
