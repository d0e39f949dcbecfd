import { describe, expect, it } from "vitest";
import {
  initialProbeState,
  nextProbeState,
  type ProbeEvent,
  type ProbeState,
  probeIsDue,
} from "./probe-state.ts";
import type { ProbeKind, ResolvedProbe } from "./probes.ts";

function probeOf(kind: ProbeKind, more: Partial<ResolvedProbe> = {}): ResolvedProbe {
  return {
    container: "c",
    kind,
    action: { type: "tcpSocket", port: 1 },
    initialDelaySeconds: 0,
    periodSeconds: 10,
    timeoutSeconds: 1,
    successThreshold: 1,
    failureThreshold: 3,
    ...more,
  };
}

const started: ProbeEvent = { type: "containerStarted" };
const stopped: ProbeEvent = { type: "containerStopped" };
const success: ProbeEvent = { type: "result", result: "success" };
const failure: ProbeEvent = { type: "result", result: "failure" };
const error: ProbeEvent = { type: "result", result: "error" };

function after(probe: ResolvedProbe, ...events: ProbeEvent[]): ProbeState {
  return events.reduce((state, event) => nextProbeState(probe, state, event), initialProbeState);
}

describe("nextProbeState", () => {
  it("R2: a new instance begins as not ready, alive, and not known to have started", () => {
    expect(after(probeOf("readiness"), started).verdict).toBe("failure");
    expect(after(probeOf("liveness"), started).verdict).toBe("success");
    expect(after(probeOf("startup"), started).verdict).toBe("unknown");
  });

  it("R3: a result counts after as many equal ones in a row as its threshold", () => {
    const readiness = probeOf("readiness", { successThreshold: 2 });
    expect(after(readiness, started, success).verdict).toBe("failure");
    expect(after(readiness, started, success, success).verdict).toBe("success");
    expect(after(readiness, started, success, failure, success).verdict).toBe("failure");
    const ready = [started, success, success];
    expect(after(readiness, ...ready, failure, failure).verdict).toBe("success");
    expect(after(readiness, ...ready, failure, failure, failure).verdict).toBe("failure");
    expect(after(readiness, ...ready, failure, failure, success, failure).verdict).toBe("success");
  });

  it("R3: liveness failure, and any word of startup, hold until the next instance; readiness never", () => {
    const once = { failureThreshold: 1 };
    expect(after(probeOf("liveness", once), started, failure)).toMatchObject({
      verdict: "failure",
      onHold: true,
    });
    expect(after(probeOf("liveness"), started, success).onHold).toBe(false);
    expect(after(probeOf("startup"), started, success)).toMatchObject({ verdict: "success", onHold: true });
    expect(after(probeOf("startup", once), started, failure)).toMatchObject({
      verdict: "failure",
      onHold: true,
    });
    expect(after(probeOf("readiness", once), started, failure).onHold).toBe(false);
    expect(after(probeOf("startup"), started, success, failure, failure, failure).verdict).toBe("success");
    expect(after(probeOf("liveness", once), started, failure, started)).toMatchObject({
      verdict: "success",
      onHold: false,
    });
  });

  it("R3: failures of an instance that ended by itself count for the next one", () => {
    const liveness = probeOf("liveness");
    expect(after(liveness, started, failure, failure, stopped, started).verdict).toBe("success");
    expect(after(liveness, started, failure, failure, stopped, started, failure).verdict).toBe("failure");
  });

  it("R3: after a kill the count begins anew", () => {
    const liveness = probeOf("liveness");
    const killed = [started, failure, failure, failure, stopped, started];
    expect(after(liveness, ...killed, failure, failure).verdict).toBe("success");
    expect(after(liveness, ...killed, failure, failure, failure).verdict).toBe("failure");
  });

  it("R4: an error changes nothing, not even the row; a container that does not run has failed", () => {
    const readiness = probeOf("readiness", { successThreshold: 2 });
    expect(after(readiness, started, success, error, success).verdict).toBe("success");
    expect(after(readiness, started, success, success, stopped).verdict).toBe("failure");
    expect(after(probeOf("liveness"), started, stopped).verdict).toBe("failure");
  });

  it("R8: an instance that ran before the host keeps what its status says until there is a word", () => {
    const readiness = probeOf("readiness");
    const adopted = after(readiness, { type: "containerStarted", adopted: true });
    expect(adopted).not.toHaveProperty("verdict");
    expect(nextProbeState(readiness, adopted, failure)).not.toHaveProperty("verdict");
    expect(nextProbeState(readiness, adopted, success).verdict).toBe("success");
  });

  it("G5: with the pod's deletion liveness and startup end quietly, readiness goes on", () => {
    const deleting: ProbeEvent = { type: "podDeleting" };
    for (const kind of ["liveness", "startup"] as const) {
      const state = after(probeOf(kind, { failureThreshold: 1 }), started, failure, deleting);
      expect(state).toMatchObject({ verdict: "success", finished: true });
      expect(nextProbeState(probeOf(kind), state, failure)).toBe(state);
    }
    expect(after(probeOf("readiness"), started, success, deleting, failure, failure, failure).verdict).toBe(
      "failure",
    );
  });

  it("keeps its hands off what it is given", () => {
    const state = Object.freeze(after(probeOf("readiness"), started));
    expect(nextProbeState(probeOf("readiness"), state, success)).not.toBe(state);
    expect(state.verdict).toBe("failure");
  });
});

describe("probeIsDue", () => {
  const turn = { running: true, started: true, secondsRunning: 10 };

  it("R2: until the container has started only the startup probe asks, then only the others", () => {
    for (const kind of ["liveness", "readiness", "startup"] as const) {
      const due = (isStarted: boolean) =>
        probeIsDue(probeOf(kind), after(probeOf(kind), started), { ...turn, started: isStarted });
      expect([due(false), due(true)]).toEqual(kind === "startup" ? [true, false] : [false, true]);
    }
  });

  it("R2: the initial delay counts in whole seconds from the container's start", () => {
    const probe = probeOf("readiness", { initialDelaySeconds: 5 });
    const due = (secondsRunning: number) =>
      probeIsDue(probe, after(probe, started), { ...turn, secondsRunning });
    expect([due(4.9), due(5)]).toEqual([false, true]);
  });

  it("R3, R4: nothing is asked on hold, after the end, or of what does not run", () => {
    const probe = probeOf("liveness", { failureThreshold: 1 });
    expect(probeIsDue(probe, after(probe, started, failure), turn)).toBe(false);
    expect(probeIsDue(probe, after(probe, started, { type: "podDeleting" }), turn)).toBe(false);
    expect(probeIsDue(probe, after(probe, started), { ...turn, running: false })).toBe(false);
  });
});
