import type { ContainerTermination } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import type { DeletionFile, InstancePhase, InstanceSnapshot, PodSnapshot } from "../state/snapshot.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";
import { decide } from "./decide.ts";
import { observe } from "./observe.ts";

const now = 1_000_000;

function container(name: string, fields: Partial<PlannedContainer> = {}): PlannedContainer {
  return {
    name,
    kind: "main",
    image: "busybox",
    argv: ["true"],
    workingDir: "/",
    environment: [],
    mounts: [],
    restartPolicy: "Always",
    restartPolicyRules: [],
    terminationMessagePolicy: "File",
    ...fields,
  };
}

function instance(
  number: number,
  phase: InstancePhase,
  fields: Partial<InstanceSnapshot> = {},
): InstanceSnapshot {
  return {
    number,
    phase,
    intent: { instanceId: `id-${number}`, boot: "", terminationMessagePolicy: "File" },
    ...fields,
  };
}

const running = {
  type: "running" as const,
  startedAtMs: now - 5000,
  identity: { pid: 1, start: "1", boot: "" },
};

function ended(
  exitCode: number,
  finishedAtMs = now - 1000,
  fields: Partial<ContainerTermination> = {},
): InstancePhase {
  const finishedAt = new Date(finishedAtMs).toISOString();
  const times = { startedAt: "1970-01-01T00:00:00Z", finishedAt, instanceId: "id-0" };
  return { type: "ended", finishedAtMs, lost: false, termination: { exitCode, ...times, ...fields } };
}

function pod(
  containers: readonly PlannedContainer[],
  instances: Readonly<Record<string, InstanceSnapshot>> = {},
  deletion?: DeletionFile,
): PodSnapshot {
  return {
    pod: {
      ref: { namespace: "ns", name: "p", uid: "u" },
      createdAtMs: now,
      plan: {
        restartPolicy: "Always",
        terminationGracePeriodSeconds: 30,
        address: "10.0.0.1",
        containers,
        volumes: [],
      },
    },
    instances: new Map(Object.entries(instances)),
    ...(deletion === undefined ? {} : { deletion }),
  };
}

function starts(snapshot: PodSnapshot): readonly string[] {
  return decide(snapshot, now).starts.map((start) => `${start.container.name}#${start.number}`);
}

function stops(snapshot: PodSnapshot, at = now): readonly string[] {
  return decide(snapshot, at).stops.map((stop) => `${stop.action} ${stop.container.name}`);
}

describe("starting", () => {
  const first = container("first", { kind: "init", restartPolicy: "OnFailure" });
  const side = container("side", { kind: "sidecar" });
  const second = container("second", { kind: "init", restartPolicy: "OnFailure" });
  const all = [first, side, second, container("a"), container("b")];

  it("I1: init containers run one at a time, in order", () => {
    expect(starts(pod(all))).toEqual(["first#0"]);
    expect(starts(pod(all, { first: instance(0, running) }))).toEqual([]);
    expect(starts(pod(all, { first: instance(0, ended(0)) }))).toEqual(["side#0"]);
  });

  it("I3: what follows a sidecar starts once that runs", () => {
    const done = { first: instance(0, ended(0)) };
    expect(
      starts(pod(all, { ...done, side: instance(0, { type: "starting", watcher: running.identity }) })),
    ).toEqual([]);
    expect(starts(pod(all, { ...done, side: instance(0, running) }))).toEqual(["second#0"]);
  });

  it("I3: a sidecar that could not be started holds back what follows", () => {
    const failed: InstancePhase = {
      type: "ended",
      finishedAtMs: now,
      lost: false,
      termination: { exitCode: 128, reason: "StartError" },
    };
    expect(starts(pod([side, container("a")], { side: instance(0, failed) }))).toEqual(["side#1"]);
  });

  it("I1: main containers start together after all of them", () => {
    const done = { first: instance(0, ended(0)), side: instance(0, running), second: instance(0, ended(0)) };
    expect(starts(pod(all, done))).toEqual(["a#0", "b#0"]);
  });

  it("I2: a failed init container is retried, or fails the pod under Never", () => {
    expect(starts(pod(all, { first: instance(0, ended(1)) }))).toEqual(["first#1"]);
    const never = { ...first, restartPolicy: "Never" as const };
    const failed = decide(pod([never, container("a")], { first: instance(0, ended(1)) }), now);
    expect(failed).toMatchObject({ starts: [], ended: true });
  });

  it("starts the watcher of an unclaimed intent again", () => {
    const [start] = decide(pod([container("a")], { a: instance(2, { type: "planned" }) }), now).starts;
    expect(start).toMatchObject({ number: 2, resumed: true });
  });
});

describe("restarting", () => {
  it("B1: the first restart is immediate, the next waits 10 s from the end", () => {
    const first = decide(pod([container("a")], { a: instance(0, ended(1)) }), now);
    expect(first.starts[0]).toMatchObject({ number: 1, previous: { exitCode: 1 } });
    const backoff = first.starts[0]?.backoff;
    const intent = {
      instanceId: "id-1",
      boot: "",
      terminationMessagePolicy: "File" as const,
      ...(backoff && { backoff }),
    };
    const snapshot = pod([container("a")], { a: instance(1, ended(1, now), { intent }) });
    const second = decide(snapshot, now);
    expect(second).toMatchObject({ starts: [], ended: false, wakeAtMs: now + 10_000 });
    expect(observe(snapshot, second).containers[0]).toMatchObject({
      restartCount: 1,
      state: {
        type: "waiting",
        reason: "CrashLoopBackOff",
        message: "back-off 10s restarting failed container=a pod=p_ns(u)",
      },
      lastTermination: { exitCode: 1 },
    });
    expect(decide(snapshot, now + 10_000).starts[0]).toMatchObject({ number: 2 });
  });

  it.each([
    ["Always", 0, true],
    ["Always", 1, true],
    ["OnFailure", 0, false],
    ["OnFailure", 1, true],
    ["Never", 0, false],
    ["Never", 1, false],
  ] as const)("B8: policy %s after exit code %i restarts: %s", (restartPolicy, code, again) => {
    const decision = decide(pod([container("a", { restartPolicy })], { a: instance(0, ended(code)) }), now);
    expect(decision.starts.length).toBe(again ? 1 : 0);
    expect(decision.ended).toBe(!again);
  });

  it("B6: a rule that matches restarts even under Never", () => {
    const restartPolicyRules = [{ action: "Restart", exitCodes: { operator: "In" as const, values: [42] } }];
    const one = container("a", { restartPolicy: "Never", restartPolicyRules });
    expect(starts(pod([one], { a: instance(0, ended(42)) }))).toEqual(["a#1"]);
    expect(starts(pod([one], { a: instance(0, ended(41)) }))).toEqual([]);
  });

  it("A7: a container that is done is shown as terminated while others go on", () => {
    const containers = [container("a", { restartPolicy: "OnFailure" }), container("b")];
    const snapshot = pod(containers, { a: instance(0, ended(0)), b: instance(0, running) });
    const decision = decide(snapshot, now);
    expect(decision.ended).toBe(false);
    expect(observe(snapshot, decision).containers.map(({ state }) => state.type)).toEqual([
      "terminated",
      "running",
    ]);
  });

  it("shows a program that could not be started as RunContainerError first", () => {
    const backoff = { nextDelayMs: 10_000, updatedAtMs: now };
    const startError = ended(128, now, { reason: "StartError", message: "exec: nope" });
    const intent = { instanceId: "id-0", boot: "", terminationMessagePolicy: "File" as const, backoff };
    const snapshot = pod([container("a")], { a: instance(0, startError, { intent }) });
    expect(observe(snapshot, decide(snapshot, now)).containers[0]?.state).toEqual({
      type: "waiting",
      reason: "RunContainerError",
      message: "exec: nope",
    });
  });
});

describe("stopping", () => {
  const one = container("s1", { kind: "sidecar" });
  const two = container("s2", { kind: "sidecar" });
  const containers = [one, two, container("a"), container("b")];
  const live = {
    s1: instance(0, running),
    s2: instance(0, running),
    a: instance(0, running),
    b: instance(0, running),
  };
  const deletion = { requestedAtMs: now, deadlineMs: now + 30_000 };

  it("G3: main containers are told first, sidecars after them in reverse order", () => {
    expect(stops(pod(containers, live, deletion))).toEqual(["terminate a", "terminate b"]);
    const told = instance(0, running, { stoppingSinceMs: now });
    expect(stops(pod(containers, { ...live, a: told, b: instance(0, ended(0)) }, deletion))).toEqual([]);
    const over = { ...live, a: instance(0, ended(143)), b: instance(0, ended(0)) };
    expect(stops(pod(containers, over, deletion))).toEqual(["terminate s2"]);
    expect(stops(pod(containers, { ...over, s2: instance(0, ended(0)) }, deletion))).toEqual([
      "terminate s1",
    ]);
  });

  it("G2: kills at the deadline, but gives 2 s after the stop signal", () => {
    const told = { a: instance(0, running, { stoppingSinceMs: now }) };
    const alone = [container("a")];
    expect(decide(pod(alone, told, deletion), now).wakeAtMs).toBe(now + 30_000);
    expect(stops(pod(alone, told, deletion), now + 30_000)).toEqual(["kill a"]);
    const late = { a: instance(0, running, { stoppingSinceMs: now + 29_500 }) };
    expect(stops(pod(alone, late, deletion), now + 30_000)).toEqual([]);
    expect(stops(pod(alone, late, deletion), now + 31_500)).toEqual(["kill a"]);
  });

  it("G3: when the grace is used up everything that was not told is told", () => {
    const told = instance(0, running, { stoppingSinceMs: now });
    expect(stops(pod(containers, { ...live, a: told, b: told }, deletion), now + 30_000)).toEqual([
      "terminate s1",
      "terminate s2",
      "kill a",
      "kill b",
    ]);
  });

  it("cuts off a start that hangs, though never before its grace", () => {
    const hanging = { a: instance(0, { type: "starting", watcher: running.identity }) };
    expect(stops(pod([container("a")], hanging, deletion), now + 31_999)).toEqual([]);
    expect(stops(pod([container("a")], hanging, deletion), now + 32_000)).toEqual(["kill a"]);
  });

  it("G8: grace 0 kills at once", () => {
    const force = { requestedAtMs: now, deadlineMs: 0 };
    expect(stops(pod(containers, live, force))).toEqual(["kill s1", "kill s2", "kill a", "kill b"]);
  });

  it("G5: starts and restarts nothing, and takes intents that nobody claimed", () => {
    const decision = decide(
      pod([container("a"), container("b")], { a: instance(0, { type: "planned" }) }, deletion),
      now,
    );
    expect(decision.starts).toEqual([]);
    expect(decision.stops).toMatchObject([{ action: "cancel" }]);
    const cancelled = decide(pod([container("a")], { a: instance(0, { type: "cancelled" }) }, deletion), now);
    expect(cancelled.ended).toBe(true);
  });

  it("I4: sidecars stop in reverse order once every main container is done", () => {
    const done = {
      ...live,
      a: instance(0, ended(0, now - 3000)),
      b: instance(0, ended(0, now - 1000)),
    };
    const mains = [one, two, ...["a", "b"].map((name) => container(name, { restartPolicy: "Never" }))];
    const decision = decide(pod(mains, done), now);
    expect(decision.stops).toMatchObject([{ action: "terminate", container: { name: "s2" } }]);
    expect(decision.wakeAtMs).toBe(now - 1000 + 30_000);
    expect(decision.ended).toBe(false);
  });
});

describe("hooks", () => {
  const exec = { type: "exec", command: ["true"] } as const;
  const hooked = container("main", { postStart: exec, preStop: exec });
  const names = (snapshot: PodSnapshot, atMs = now) =>
    decide(snapshot, atMs).hooks.map(({ container: { name }, hook }) => `${name} ${hook}`);

  it("G9, I1: postStart begins with the program, and holds back what starts after it", () => {
    const containers = [hooked, container("next")];
    const starting = decide(pod(containers), now);
    expect(starting.starts.map((start) => start.container.name)).toEqual(["main"]);
    const snapshot = (fields: Partial<InstanceSnapshot>) =>
      pod(containers, { main: instance(0, running, fields) });
    expect(names(snapshot({}))).toEqual(["main postStart"]);
    expect(names(snapshot({ postStart: { type: "begun" } }))).toEqual([]);
    expect(decide(snapshot({ postStart: { type: "begun" } }), now).starts).toEqual([]);
    const done = decide(snapshot({ postStart: { type: "done" } }), now);
    expect(done.starts.map((start) => start.container.name)).toEqual(["next"]);
  });

  it("G9: while postStart runs, the container is not reported running", () => {
    const snapshot = pod([hooked], { main: instance(0, running, { postStart: { type: "begun" } }) });
    const [seen] = observe(snapshot, decide(snapshot, now)).containers;
    expect(seen?.state).toEqual({ type: "waiting", reason: "ContainerCreating" });
  });

  it("I3, G9: a sidecar lets the next container go when its postStart is through", () => {
    const sidecar = container("proxy", { kind: "sidecar", postStart: exec });
    const snapshot = (fields: Partial<InstanceSnapshot>) =>
      pod([sidecar, container("main")], { proxy: instance(0, running, fields) });
    expect(decide(snapshot({}), now).starts).toEqual([]);
    expect(decide(snapshot({ postStart: { type: "done" } }), now).starts).toHaveLength(1);
  });

  it("G9: a failed postStart stops its container alone, with hook and grace", () => {
    const failed = { postStart: { type: "failed", failedAtMs: now - 1000 } } as const;
    const snapshot = (fields: Partial<InstanceSnapshot>) =>
      pod([hooked, container("other")], {
        main: instance(0, running, { ...failed, ...fields }),
        other: instance(0, running),
      });
    expect(names(snapshot({}))).toEqual(["main preStop"]);
    const stop = (fields: Partial<InstanceSnapshot>, atMs = now) =>
      decide(snapshot(fields), atMs).stops.map(({ container: { name }, action }) => `${name} ${action}`);
    expect(stop({})).toEqual([]);
    expect(stop({ preStopDone: true })).toEqual(["main terminate"]);
    expect(stop({ preStopDone: true, stoppingSinceMs: now })).toEqual([]);
    expect(stop({ preStopDone: true, stoppingSinceMs: now }, now + 60_000)).toEqual(["main kill"]);
  });

  it("G2, G3: preStop of all begins at once and shares the grace; the signal follows it", () => {
    const sidecar = container("proxy", { kind: "sidecar", preStop: exec });
    const deletion = { requestedAtMs: now, deadlineMs: now + 5000 };
    const snapshot = (fields: Partial<InstanceSnapshot>) =>
      pod([sidecar, hooked], { proxy: instance(0, running), main: instance(0, running, fields) }, deletion);
    expect(names(snapshot({}))).toEqual(["proxy preStop", "main preStop"]);
    expect(decide(snapshot({}), now)).toMatchObject({ stops: [], wakeAtMs: now + 5000 });
    expect(decide(snapshot({ preStopDone: true }), now).stops).toMatchObject([
      { container: { name: "main" }, action: "terminate" },
    ]);
    expect(decide(snapshot({}), now + 5000).stops).toMatchObject([
      { container: { name: "proxy" }, action: "terminate" },
      { container: { name: "main" }, action: "terminate" },
    ]);
  });

  it("G2: without grace no hook runs", () => {
    const deletion = { requestedAtMs: now, deadlineMs: 0 };
    const snapshot = pod([hooked], { main: instance(0, running) }, deletion);
    expect(names(snapshot)).toEqual([]);
    expect(decide(snapshot, now).stops).toMatchObject([{ action: "kill" }]);
  });
});
