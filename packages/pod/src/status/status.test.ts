import type { ContainerObservation, Pod, PodObservation, PodSpec, PodStatus } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { computePodStatus } from "./status.ts";
import type { StatusInput } from "./status-input.ts";

const now = "2026-11-02T00:00:00Z";

function podOf(spec: Partial<PodSpec> = {}): Pod {
  return {
    metadata: { name: "p", namespace: "ns", uid: "u1", generation: 4 },
    spec: { containers: [{ name: "a", image: "img" }], ...spec },
    status: { phase: "Pending", qosClass: "Burstable" },
  };
}

function run(
  containers: readonly ContainerObservation[],
  more: Partial<PodObservation> = {},
): PodObservation {
  const ref = { namespace: "ns", name: "p", uid: "u1" };
  return { ref, attempt: 0, version: 1, state: "active", containers, ...more };
}

const running = (name: string, instanceId = `${name}-0`): ContainerObservation => ({
  name,
  restartCount: 0,
  instanceId,
  state: { type: "running", startedAt: "2026-11-02T00:00:01Z" },
});

const exited = (name: string, exitCode: number, instanceId = `${name}-0`): ContainerObservation => ({
  name,
  restartCount: 0,
  instanceId,
  state: { type: "terminated", exitCode, finishedAt: "2026-11-02T00:00:09Z" },
});

function status(more: Partial<StatusInput> = {}): PodStatus {
  return computePodStatus({
    pod: podOf(),
    now,
    node: { hostIPs: ["10.0.0.1"] },
    runtimeName: "fargate",
    deleting: false,
    ...more,
  });
}

describe("first sight", () => {
  it("A8, S1, T6: startTime, node addresses, quality of service and generation are there at once", () => {
    expect(status({ now: "2026-11-02T00:00:00.75Z" })).toMatchObject({
      phase: "Pending",
      startTime: now,
      hostIP: "10.0.0.1",
      hostIPs: [{ ip: "10.0.0.1" }],
      qosClass: "Burstable",
      observedGeneration: 4,
      containerStatuses: [{ name: "a", state: { waiting: { reason: "ContainerCreating" } } }],
    });
  });

  it("A8: startTime is set once, pod addresses are one of each family, the first is primary", () => {
    const first = status({ previous: { startTime: "2026-11-01T00:00:00Z" } });
    expect(first.startTime).toBe("2026-11-01T00:00:00Z");
    const podIPs = ["10.1.0.7", "10.1.0.8", "fd00::7", "fd00::8"];
    const placed = status({ observation: run([running("a")], { podIPs, hostIPs: ["192.0.2.1"] }) });
    expect(placed.podIP).toBe("10.1.0.7");
    expect(placed.podIPs).toEqual([{ ip: "10.1.0.7" }, { ip: "fd00::7" }]);
    expect(placed.hostIP).toBe("192.0.2.1");
    expect(status({ previous: placed }).podIPs).toEqual(placed.podIPs);
  });

  it("S1: quality of service is kept, and computed only where nobody has set it", () => {
    const bare = { spec: { containers: [{ name: "a" }] } };
    expect(status({ pod: bare }).qosClass).toBe("BestEffort");
    expect(status({ pod: bare, previous: { qosClass: "Guaranteed" } }).qosClass).toBe("Guaranteed");
  });

  it("says why the pod waits, and no longer when it does not", () => {
    const waiting = { reason: "BatchQueued", message: "job queue is full" };
    const queued = status({ waiting });
    expect(queued).toMatchObject({ phase: "Pending", ...waiting });
    expect(queued.containerStatuses?.[0]?.state?.waiting).toEqual({
      reason: "ContainerCreating",
      message: "job queue is full",
    });
    expect(status({ observation: run([], { state: "waiting", ...waiting }) })).toMatchObject(waiting);
    const placed = status({ previous: queued, observation: run([]) });
    expect(placed.phase).toBe("Pending");
    expect(placed.reason).toBeUndefined();
  });
});

describe("phases over time", () => {
  it("P3: a terminal phase never changes again", () => {
    for (const phase of ["Succeeded", "Failed"] as const) {
      const previous: PodStatus = { phase, reason: "Why", message: "because" };
      const observations = [
        run([running("a")]),
        run([exited("a", 0)], { state: "ended" }),
        run([], { state: "ended" }),
      ];
      for (const observation of observations) {
        for (const deleting of [false, true]) {
          const failure = { reason: "Other" };
          expect(status({ previous, observation, deleting, failure })).toMatchObject(previous);
        }
      }
    }
  });

  it("P3: Failed waits until no container can still be running", () => {
    const sidecar = { name: "side", restartPolicy: "Always" as const };
    const pod = podOf({ restartPolicy: "Never", initContainers: [sidecar, { name: "i" }] });
    const still = status({ pod, observation: run([running("side"), exited("i", 1)]) });
    expect(still.phase).toBe("Pending");
    const over = status({ pod, previous: still, observation: run([exited("side", 0), exited("i", 1)]) });
    expect(over.phase).toBe("Failed");
  });

  it("P4: reason and message go when the phase changes and stay while it does not", () => {
    const previous: PodStatus = { phase: "Pending", reason: "BatchQueued", message: "queued" };
    const up = status({ previous, observation: run([running("a")]) });
    expect(up.phase).toBe("Running");
    expect(up).not.toHaveProperty("reason");
    expect(up).not.toHaveProperty("message");
    const noted: PodStatus = { ...up, reason: "NodeLost", message: "node was silent" };
    expect(status({ previous: noted, observation: run([running("a")]) })).toMatchObject({
      reason: "NodeLost",
      message: "node was silent",
    });
  });

  it("P5: a pod that never started a container and is deleted ends Failed with 137", () => {
    const previous = status();
    for (const observation of [undefined, run([], { state: "ended" })]) {
      const over = status({ previous, deleting: true, ...(observation && { observation }) });
      expect(over.phase).toBe("Failed");
      expect(over.containerStatuses?.[0]?.state?.terminated).toMatchObject({
        exitCode: 137,
        reason: "ContainerStatusUnknown",
      });
    }
  });

  it("P5: the main containers of a pod deleted while it initialised stay as they were", () => {
    const pod = podOf({ initContainers: [{ name: "i" }] });
    const over = status({ pod, deleting: true, observation: run([exited("i", 143)], { state: "ended" }) });
    expect(over.phase).toBe("Failed");
    expect(over.containerStatuses?.[0]?.state).toEqual({ waiting: { reason: "PodInitializing" } });
  });

  it("P6: a deleted pod ends by its exit codes, whatever its policy", () => {
    for (const [exitCode, phase] of [
      [0, "Succeeded"],
      [143, "Failed"],
    ] as const) {
      const observation = run([exited("a", exitCode)], { state: "ended" });
      expect(status({ observation, deleting: true }).phase).toBe(phase);
      expect(status({ observation, deleting: false, restart: { attempt: 1 } }).phase).toBe("Running");
    }
  });

  it.each(["Always", "OnFailure", "Never"] as const)(
    "P5, P6: a run that is over and that nobody runs anew is over, whatever never started (%s)",
    (restartPolicy) => {
      const pod = podOf({ restartPolicy, containers: [{ name: "a" }, { name: "b" }] });
      const waits = { name: "b", restartCount: 0, state: { type: "waiting" } } as const;
      for (const containers of [[], [waits], [exited("a", 0)], [exited("a", 0), waits]]) {
        const over = status({ pod, observation: run(containers, { state: "ended" }) });
        expect(over.phase).toBe("Failed");
        expect(over.containerStatuses?.[1]?.state?.terminated).toMatchObject({
          exitCode: 137,
          reason: "ContainerStatusUnknown",
        });
      }
      for (const [exitCode, phase] of [
        [0, "Succeeded"],
        [1, "Failed"],
      ] as const) {
        const containers = [exited("a", exitCode), exited("b", 0)];
        expect(status({ pod, observation: run(containers, { state: "ended" }) }).phase).toBe(phase);
      }
    },
  );

  it("P5: the words of a backend that ended a run stand for what never started", () => {
    const why = { reason: "QueueClosed", message: "nothing was placed" };
    expect(status({ observation: run([], { state: "ended", ...why }) })).toMatchObject({
      phase: "Failed",
      ...why,
    });
  });

  it("a deleted pod that still runs stays Running, also while its backend is silent", () => {
    const up = status({ observation: run([running("a")]) });
    expect(status({ previous: up, deleting: true }).phase).toBe("Running");
    expect(status({ previous: up, deleting: true, observation: run([running("a")]) }).phase).toBe("Running");
  });
});

describe("failure", () => {
  const failure = { reason: "DeadlineExceeded", message: "too long" };

  it("F6: a refused pod is Failed, with its reason and without container statuses", () => {
    const refused = status({ failure: { reason: "UnsupportedFields", message: "spec.hostPID" } });
    expect(refused).toMatchObject({
      phase: "Failed",
      reason: "UnsupportedFields",
      message: "spec.hostPID",
      qosClass: "Burstable",
    });
    expect(refused.containerStatuses).toBeUndefined();
    const again = status({ previous: refused });
    expect(again).toEqual(refused);
    expect(status({ previous: refused, deleting: true })).toEqual(refused);
  });

  it("P3, Y1: a failure is published when the backend runs nothing any more", () => {
    const up = status({ observation: run([running("a")]) });
    const stopping = status({ previous: up, observation: run([running("a")]), failure });
    expect(stopping.phase).toBe("Running");
    expect(stopping.containerStatuses?.[0]?.state?.running).toBeDefined();
    const stopped = status({
      previous: stopping,
      observation: run([exited("a", 143)], { state: "ended" }),
      failure,
    });
    expect(stopped).toMatchObject({ phase: "Failed", ...failure });
    expect(stopped.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(143);
  });

  it("P5: a lost running container gets 137", () => {
    const up = status({ observation: run([running("a")]) });
    const lost = status({ previous: up, failure: { reason: "PodLost" } });
    expect(lost).toMatchObject({ phase: "Failed", reason: "PodLost" });
    expect(lost.containerStatuses?.[0]).toMatchObject({
      ready: false,
      restartCount: 0,
      state: {
        terminated: {
          exitCode: 137,
          reason: "ContainerStatusUnknown",
          startedAt: "2026-11-02T00:00:01Z",
          containerID: "fargate://a-0",
        },
      },
    });
  });

  it("T5: a disruption adds DisruptionTarget with the terminal phase and not before", () => {
    const taken = { reason: "SpotInterruption", message: "taken back", disruption: true };
    const types = (result: PodStatus) => result.conditions?.map((condition) => condition.type) ?? [];
    const stopping = status({ observation: run([running("a")]), failure: taken });
    expect(types(stopping)).not.toContain("DisruptionTarget");
    const over = status({ previous: stopping, observation: run([], { state: "ended", failure: taken }) });
    expect(over).toMatchObject({ phase: "Failed", reason: "SpotInterruption", message: "taken back" });
    expect(types(over)).toContain("DisruptionTarget");
    expect(types(status({ previous: over }))).toContain("DisruptionTarget");
  });

  it("the backend's failure does not count while the host runs the pod anew", () => {
    const observation = run([exited("a", 1)], { state: "ended", failure: { reason: "Evicted" } });
    expect(status({ observation, restart: { attempt: 1 } }).phase).toBe("Running");
    expect(status({ observation }).phase).toBe("Failed");
  });
});

describe("runs that the host starts anew", () => {
  const pod = podOf({ restartPolicy: "OnFailure" });
  const first = status({ pod, observation: run([running("a")]) });
  const ended = run([exited("a", 1)], { state: "ended" });
  const restart = { attempt: 1, backoffMs: 80_000 };

  it("B3, P2: a pending run shows CrashLoopBackOff and stays Running", () => {
    const backoff = status({ pod, previous: first, observation: ended, restart });
    expect(backoff.phase).toBe("Running");
    expect(backoff.containerStatuses?.[0]).toMatchObject({
      ready: false,
      started: false,
      restartCount: 0,
      containerID: "fargate://a-0",
      state: {
        waiting: {
          reason: "CrashLoopBackOff",
          message: "back-off 1m20s restarting failed container=a pod=p_ns(u1)",
        },
      },
      lastState: { terminated: { exitCode: 1, reason: "Error", containerID: "fargate://a-0" } },
    });
    expect(status({ pod, previous: backoff, observation: ended, restart })).toEqual(backoff);
  });

  it("B1: an immediate restart leaves the container terminated until it runs again", () => {
    const between = status({ pod, previous: first, observation: ended, restart: { attempt: 1 } });
    expect(between.phase).toBe("Running");
    expect(between.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(1);
  });

  it("A5, B5: each run adds one to the count and keeps how the one before ended", () => {
    let previous = first;
    for (const attempt of [1, 2, 3]) {
      const id = `a-${attempt - 1}`;
      previous = status({
        pod,
        previous,
        observation: run([exited("a", attempt, id)], { attempt: attempt - 1, state: "ended" }),
        restart: { attempt, backoffMs: 10_000 },
      });
      previous = status({ pod, previous, observation: run([running("a", `a-${attempt}`)], { attempt }) });
      expect(previous.containerStatuses?.[0]).toMatchObject({
        restartCount: attempt,
        containerID: `fargate://a-${attempt}`,
        lastState: { terminated: { exitCode: attempt, containerID: `fargate://${id}` } },
      });
      const again = run([running("a", `a-${attempt}`)], { attempt });
      expect(status({ pod, previous, observation: again })).toEqual(previous);
    }
  });

  it("A5: counts runs by their times where the backend has no identifiers", () => {
    const anonymous = (attempt: number, startedAt: string): PodObservation =>
      run([{ name: "a", restartCount: 0, state: { type: "running", startedAt } }], { attempt });
    let previous = status({ pod, observation: anonymous(0, "2026-11-02T00:00:00Z") });
    previous = status({ pod, previous, observation: anonymous(1, "2026-11-02T00:05:00Z") });
    expect(previous.containerStatuses?.[0]).toMatchObject({ restartCount: 1 });
    expect(status({ pod, previous, observation: anonymous(1, "2026-11-02T00:05:00Z") })).toEqual(previous);
  });

  it("A5: a container that ran for the first time in a later run has not been restarted", () => {
    const withInit = podOf({ initContainers: [{ name: "i" }] });
    const failed = run([exited("i", 1)], { state: "ended" });
    let previous = status({ pod: withInit, observation: failed, restart: { attempt: 1 } });
    const second = run([exited("i", 0, "i-1"), running("a", "a-1")], { attempt: 1 });
    for (let repeat = 0; repeat < 2; repeat++) {
      previous = status({ pod: withInit, previous, observation: second });
      expect(previous.initContainerStatuses?.[0]?.restartCount).toBe(1);
      expect(previous.containerStatuses?.[0]?.restartCount).toBe(0);
    }
  });

  it("A5: without any earlier status every run before counts", () => {
    expect(
      status({ pod, observation: run([running("a")], { attempt: 3 }) }).containerStatuses?.[0]?.restartCount,
    ).toBe(3);
  });

  it("P5: a run that ended unseen counts as ended with 137", () => {
    const next = status({ pod, previous: first, observation: run([running("a", "a-1")], { attempt: 1 }) });
    expect(next.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      lastState: {
        terminated: { exitCode: 137, reason: "ContainerStatusUnknown", containerID: "fargate://a-0" },
      },
    });
  });

  it("I5, A7: what has succeeded under OnFailure stays so in a later run", () => {
    const two = podOf({ restartPolicy: "OnFailure", containers: [{ name: "a" }, { name: "b" }] });
    const previous = status({
      pod: two,
      observation: run([exited("a", 0), exited("b", 1)], { state: "ended" }),
      restart: { attempt: 1 },
    });
    const rerun = [
      run([running("a", "a-1"), running("b", "b-1")], { attempt: 1 }),
      run([exited("a", 5, "a-1")], { attempt: 1 }),
    ];
    for (const observation of rerun) {
      expect(status({ pod: two, previous, observation }).containerStatuses?.[0]).toEqual(
        previous.containerStatuses?.[0],
      );
    }
  });

  it("I5: all init containers run again in a pod that is Always", () => {
    const withInit = podOf({ initContainers: [{ name: "i" }] });
    const previous = status({
      pod: withInit,
      observation: run([exited("i", 0), exited("a", 1)], { state: "ended" }),
      restart: { attempt: 1 },
    });
    const again = status({
      pod: withInit,
      previous,
      observation: run([running("i", "i-1")], { attempt: 1 }),
    });
    expect(again.initContainerStatuses?.[0]).toMatchObject({
      ready: false,
      restartCount: 1,
      state: { running: {} },
    });
    expect(again.phase).toBe("Pending");
  });

  it("N3: a run that waits for its configuration says so and keeps how the last one ended", () => {
    const waits = [
      { container: "a", reason: "CreateContainerConfigError" as const, message: 'configmap "x" not found' },
    ];
    const waiting = status({ pod, previous: first, observation: ended, restart, waits });
    expect(waiting.containerStatuses?.[0]).toMatchObject({
      state: { waiting: { reason: "CreateContainerConfigError", message: 'configmap "x" not found' } },
      lastState: { terminated: { exitCode: 1 } },
    });
  });

  it("B4: a backend's own waiting reasons pass, and the pod stays Pending", () => {
    const pulling: ContainerObservation = {
      name: "a",
      restartCount: 0,
      state: { type: "waiting", reason: "ImagePullBackOff", message: 'Back-off pulling image "img"' },
    };
    const pending = status({ observation: run([pulling]) });
    expect(pending.phase).toBe("Pending");
    expect(pending.containerStatuses?.[0]?.state?.waiting?.reason).toBe("ImagePullBackOff");
  });
});

describe("the same again", () => {
  it("a status with nothing new comes back equal, later too", () => {
    const observations = [
      run([]),
      run([], { state: "waiting", reason: "Queued" }),
      run([running("a")], { podIPs: ["10.1.0.7"] }),
      run([exited("a", 0)]),
      run([exited("a", 1)], { state: "ended" }),
      run([], { state: "ended", failure: { reason: "Lost", disruption: true } }),
    ];
    for (const observation of observations) {
      for (const deleting of [false, true]) {
        const once = status({ observation, deleting });
        const later = { observation, deleting, previous: once, now: "2026-11-03T00:00:00Z" };
        expect(status(later)).toEqual(once);
      }
    }
  });

  it("R8: silence of the backend leaves a ready container ready", () => {
    const up = status({ observation: run([running("a")], { podIPs: ["10.1.0.7"] }) });
    const later = status({ previous: up, now: "2026-11-03T00:00:00Z" });
    expect(later).toEqual(up);
    expect(later.conditions?.find((condition) => condition.type === "Ready")?.status).toBe("True");
  });
});
