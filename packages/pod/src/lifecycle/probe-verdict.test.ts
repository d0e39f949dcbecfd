import type { Container, PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import type { ProbeState } from "./probe-state.ts";
import { probedStatus, probeEvent, probeKill } from "./probe-verdict.ts";

const says = (verdict?: ProbeState["verdict"]): ProbeState => ({
  onHold: false,
  finished: false,
  ...(verdict && { verdict }),
});
const neither = { started: false, ready: false };
const both = { started: true, ready: true };

describe("probedStatus", () => {
  it("A2: without probes whatever runs has started and is ready", () => {
    expect(probedStatus({}, true, neither)).toEqual(both);
    expect(probedStatus({}, false, both)).toEqual(neither);
  });

  it("A2, R2: ready needs the start and the readiness probe", () => {
    expect(probedStatus({ startup: says("unknown"), readiness: says("success") }, true, both)).toEqual(
      neither,
    );
    expect(probedStatus({ startup: says("success"), readiness: says("failure") }, true, both)).toEqual({
      started: true,
      ready: false,
    });
    expect(probedStatus({ startup: says("success"), readiness: says("success") }, true, neither)).toEqual(
      both,
    );
  });

  it("R8: without a word the status stands", () => {
    expect(probedStatus({ startup: says(), readiness: says() }, true, both)).toEqual(both);
    expect(probedStatus({ startup: says(), readiness: says() }, true, neither)).toEqual(neither);
  });
});

describe("probeKill", () => {
  const container: Container = { name: "c" };
  const spec: PodSpec = { containers: [container], restartPolicy: "Always" };

  it("R6: says which probe failed, and whether the container is restarted", () => {
    expect(probeKill(spec, container, { liveness: says("failure") })).toEqual({
      kind: "liveness",
      restart: true,
      message: "Container c failed liveness probe, will be restarted",
    });
    expect(probeKill({ ...spec, restartPolicy: "Never" }, container, { startup: says("failure") })).toEqual({
      kind: "startup",
      restart: false,
      message: "Container c failed startup probe",
    });
  });

  it("B7: the container's own policy decides, its rules do not", () => {
    const ruled: Container = {
      name: "c",
      restartPolicy: "Never",
      restartPolicyRules: [{ action: "Restart", exitCodes: { operator: "NotIn", values: [0] } }],
    };
    expect(probeKill(spec, ruled, { liveness: says("failure") })?.restart).toBe(false);
  });

  it("R3: nothing is killed for an unready or an undecided container", () => {
    const probes = { readiness: says("failure"), liveness: says("success"), startup: says("unknown") };
    expect(probeKill(spec, container, probes)).toBeUndefined();
  });
});

describe("probeEvent", () => {
  it("R6: tells failures, errors and warnings, and is silent about success", () => {
    expect(probeEvent("readiness", { result: "failure", output: "HTTP 500" })).toEqual({
      reason: "Unhealthy",
      message: "Readiness probe failed: HTTP 500",
    });
    expect(probeEvent("liveness", { result: "error", error: "no such file" })).toEqual({
      reason: "Unhealthy",
      message: "Liveness probe errored and resulted in unknown state: no such file",
    });
    expect(probeEvent("startup", { result: "success", warning: "redirected" })).toEqual({
      reason: "ProbeWarning",
      message: "Startup probe warning: redirected",
    });
    expect(probeEvent("startup", { result: "success" })).toBeUndefined();
  });
});
