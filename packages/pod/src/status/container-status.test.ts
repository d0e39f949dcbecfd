import type {
  Container,
  ContainerObservation,
  ContainerStatus,
  PodObservation,
  PodSpec,
  PodStatus,
} from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { computePodStatus } from "./status.ts";
import type { StatusInput } from "./status-input.ts";

const at = "2026-11-02T00:00:00Z";

function observed(
  containers: readonly ContainerObservation[],
  more: Partial<PodObservation> = {},
): PodObservation {
  const ref = { namespace: "ns", name: "p", uid: "u1" };
  return { ref, attempt: 0, version: 1, state: "active", containers, ...more };
}

function statusOf(spec: Partial<PodSpec>, more: Partial<StatusInput> = {}): PodStatus {
  return computePodStatus({
    pod: {
      metadata: { name: "p", namespace: "ns", uid: "u1" },
      spec: { containers: [{ name: "a" }], ...spec },
    },
    now: at,
    node: { hostIPs: [] },
    runtimeName: "nomad",
    deleting: false,
    ...more,
  });
}

/** The status of a lone container. */
function alone(
  observation: ContainerObservation,
  container: Partial<Container> = {},
): ContainerStatus | undefined {
  const spec = { containers: [{ name: "a", ...container }] };
  return statusOf(spec, { observation: observed([observation]) }).containerStatuses?.[0];
}

const running = (more: { started?: boolean; ready?: boolean } = {}): ContainerObservation => ({
  name: "a",
  restartCount: 0,
  instanceId: "x1",
  state: { type: "running", startedAt: at, ...more },
});

describe("A1", () => {
  it("A1: one status for each container from the first write on, sorted by name", () => {
    const names = statusOf({ containers: [{ name: "b" }, { name: "a" }] }).containerStatuses;
    expect(names?.map((status) => [status.name, status.state])).toEqual([
      ["a", { waiting: { reason: "ContainerCreating" } }],
      ["b", { waiting: { reason: "ContainerCreating" } }],
    ]);
  });

  it("A1: PodInitializing for all with init containers, which stand in spec order", () => {
    const status = statusOf({ initContainers: [{ name: "z" }, { name: "i", restartPolicy: "Always" }] });
    expect(status.initContainerStatuses?.map((init) => init.name)).toEqual(["z", "i"]);
    const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
    expect(new Set(all.map((each) => each.state?.waiting?.reason))).toEqual(new Set(["PodInitializing"]));
  });

  it("C2, N3: waits show at the container they concern; a mount keeps the ordinary reason", () => {
    const waits: StatusInput["waits"] = [
      { container: "a", reason: "CreateContainerConfigError", message: 'secret "s" not found' },
      { volume: "v", reason: "FailedMount", message: 'MountVolume.SetUp failed for volume "v"' },
    ];
    const status = statusOf({ containers: [{ name: "a" }, { name: "b" }] }, { waits });
    expect(status.containerStatuses?.map((each) => each.state?.waiting)).toEqual([
      { reason: "CreateContainerConfigError", message: 'secret "s" not found' },
      { reason: "ContainerCreating", message: 'MountVolume.SetUp failed for volume "v"' },
    ]);
    expect(status.phase).toBe("Pending");
  });
});

describe("A2", () => {
  const probe = { httpGet: { port: 80 } };

  it("A2: without probes a running container is started and ready", () => {
    expect(alone(running())).toMatchObject({ started: true, ready: true });
  });

  it("A2: a probe that nobody has judged yet counts as not passed", () => {
    expect(alone(running(), { readinessProbe: probe })).toMatchObject({ started: true, ready: false });
    expect(alone(running(), { startupProbe: probe })).toMatchObject({ started: false, ready: false });
  });

  it("A2: the backend's verdict counts, and ready needs started", () => {
    expect(alone(running({ ready: true }), { readinessProbe: probe })).toMatchObject({ ready: true });
    expect(alone(running({ ready: false }))).toMatchObject({ started: true, ready: false });
    expect(alone(running({ started: false, ready: true }))).toMatchObject({ started: false, ready: false });
  });

  it("A2: a container that does not run is neither started nor ready", () => {
    expect(alone({ name: "a", restartCount: 0, state: { type: "terminated", exitCode: 0 } })).toMatchObject({
      started: false,
      ready: false,
    });
  });

  it("A2: an ordinary init container is ready when it ended with 0", () => {
    const ended = (exitCode: number) =>
      statusOf(
        { initContainers: [{ name: "i" }] },
        { observation: observed([{ name: "i", restartCount: 0, state: { type: "terminated", exitCode } }]) },
      ).initContainerStatuses?.[0]?.ready;
    expect([ended(0), ended(1)]).toEqual([true, false]);
  });

  it("R8: a verdict stays with its instance and goes with it", () => {
    const spec = { containers: [{ name: "a", readinessProbe: probe }] };
    const ready = statusOf(spec, { observation: observed([running({ ready: true })]) });
    const same = statusOf(spec, { previous: ready, observation: observed([running()]) });
    expect(same.containerStatuses?.[0]?.ready).toBe(true);
    const next = { ...running(), instanceId: "x2", restartCount: 1 };
    const other = statusOf(spec, { previous: ready, observation: observed([next]) });
    expect(other.containerStatuses?.[0]?.ready).toBe(false);
  });
});

describe("A3 to A5", () => {
  const died: ContainerObservation = {
    name: "a",
    restartCount: 2,
    instanceId: "x3",
    state: {
      type: "terminated",
      exitCode: 137,
      signal: 9,
      reason: "OOMKilled",
      message: "out",
      startedAt: at,
      finishedAt: "2026-11-02T00:00:05.5Z",
    },
    lastTermination: { exitCode: 0, instanceId: "x2" },
  };

  it("A3: state has one member, lastState only terminated", () => {
    for (const observation of [running(), died]) {
      const status = alone(observation);
      expect(Object.keys(status?.state ?? {})).toHaveLength(1);
      expect(Object.keys(status?.lastState ?? { terminated: {} })).toEqual(["terminated"]);
    }
  });

  it("A4: how a container ended, with whole seconds and without the signal", () => {
    expect(alone(died)).toMatchObject({
      restartCount: 2,
      lastState: { terminated: { exitCode: 0, reason: "Completed", containerID: "nomad://x2" } },
    });
    expect(alone(died)?.state?.terminated).toEqual({
      exitCode: 137,
      reason: "OOMKilled",
      message: "out",
      startedAt: at,
      finishedAt: "2026-11-02T00:00:05Z",
      containerID: "nomad://x3",
    });
  });

  it("A4: without a reason it is Completed for 0 and Error for the rest", () => {
    const reason = (exitCode: number) =>
      alone({ name: "a", restartCount: 0, state: { type: "terminated", exitCode } })?.state?.terminated
        ?.reason;
    expect([reason(0), reason(1), reason(143)]).toEqual(["Completed", "Error", "Error"]);
  });

  it("A4: an end takes the start that was seen before", () => {
    const up = statusOf({}, { observation: observed([running()]) });
    const end: ContainerObservation = {
      name: "a",
      restartCount: 0,
      instanceId: "x1",
      state: { type: "terminated", exitCode: 1 },
    };
    const status = statusOf({}, { previous: up, observation: observed([end]) });
    expect(status.containerStatuses?.[0]?.state?.terminated?.startedAt).toBe(at);
  });

  it("A5: the identifier has exactly one scheme", () => {
    expect(alone(running())?.containerID).toBe("nomad://x1");
    expect(alone({ ...running(), instanceId: "docker://abc" })?.containerID).toBe("nomad://abc");
    expect(alone({ name: "a", restartCount: 0, state: { type: "running" } })?.containerID).toBeUndefined();
  });

  it("A5: image and digest are the backend's, else the pod's; the count never decreases", () => {
    const image = { image: "registry.example/app:1" };
    expect(alone(running(), image)).toMatchObject({ ...image, imageID: "" });
    const reported = { image: "docker.io/app:1", imageID: "app@sha256:00" };
    expect(alone({ ...running(), ...reported }, image)).toMatchObject(reported);
    const counted = statusOf({}, { observation: observed([{ ...running(), restartCount: 4 }]) });
    const less = statusOf({}, { previous: counted, observation: observed([running()]) });
    expect(less.containerStatuses?.[0]?.restartCount).toBe(4);
  });
});

describe("A6, A7", () => {
  it("A6: CrashLoopBackOff of a backend that restarts itself keeps the last end", () => {
    const looping: ContainerObservation = {
      name: "a",
      restartCount: 3,
      state: { type: "waiting", reason: "CrashLoopBackOff", message: "back-off" },
      lastTermination: { exitCode: 1 },
    };
    const status = statusOf({}, { observation: observed([looping]) });
    expect(status.phase).toBe("Running");
    expect(status.containerStatuses?.[0]).toMatchObject({
      restartCount: 3,
      state: { waiting: { reason: "CrashLoopBackOff", message: "back-off" } },
      lastState: { terminated: { exitCode: 1, reason: "Error" } },
    });
  });

  it("A7: a container that ended for good never goes back", () => {
    const end: ContainerObservation = {
      name: "a",
      restartCount: 0,
      state: { type: "terminated", exitCode: 1 },
    };
    const spec: Partial<PodSpec> = { restartPolicy: "Never", containers: [{ name: "a" }, { name: "b" }] };
    const previous = statusOf(spec, { observation: observed([end, { ...running(), name: "b" }]) });
    for (const state of [running().state, { type: "waiting" } as const]) {
      const next = statusOf(spec, {
        previous,
        observation: observed([{ name: "a", restartCount: 0, state }]),
      });
      expect(next.containerStatuses?.[0]).toEqual(previous.containerStatuses?.[0]);
    }
  });

  it("A7: a restartable one does, and keeps its end in lastState", () => {
    const end: ContainerObservation = {
      name: "a",
      restartCount: 0,
      state: { type: "terminated", exitCode: 1 },
    };
    const previous = statusOf({}, { observation: observed([end]) });
    const next = statusOf(
      {},
      { previous, observation: observed([{ name: "a", restartCount: 0, state: { type: "waiting" } }]) },
    );
    expect(next.containerStatuses?.[0]).toMatchObject({
      state: { waiting: { reason: "ContainerCreating" } },
      lastState: { terminated: { exitCode: 1 } },
    });
    expect(next.phase).toBe("Running");
  });
});

describe("init, sidecar and ephemeral containers", () => {
  it("I1: an init container that nobody reported is done once a main container has started", () => {
    const status = statusOf({ initContainers: [{ name: "i" }] }, { observation: observed([running()]) });
    expect(status.initContainerStatuses?.[0]).toMatchObject({
      ready: true,
      state: { terminated: { exitCode: 0, reason: "Completed" } },
    });
    expect(status.phase).toBe("Running");
  });

  it("I3: a sidecar may leave its end under every policy", () => {
    const spec: Partial<PodSpec> = {
      restartPolicy: "Never",
      initContainers: [{ name: "s", restartPolicy: "Always" }],
    };
    const end: ContainerObservation = {
      name: "s",
      restartCount: 0,
      instanceId: "s1",
      state: { type: "terminated", exitCode: 0 },
    };
    const previous = statusOf(spec, { observation: observed([end]) });
    const again: ContainerObservation = {
      name: "s",
      restartCount: 1,
      instanceId: "s2",
      state: { type: "running" },
    };
    const next = statusOf(spec, { previous, observation: observed([again]) });
    expect(next.initContainerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      started: true,
      state: { running: {} },
    });
  });

  it("I6, F7: an ephemeral container has a status of its own and changes neither phase nor conditions", () => {
    const spec: Partial<PodSpec> = { ephemeralContainers: [{ name: "debug" }] };
    const without = statusOf({}, { observation: observed([running()]) });
    const status = statusOf(spec, { observation: observed([running()]) });
    expect(status.ephemeralContainerStatuses).toMatchObject([
      { name: "debug", state: { waiting: { reason: "Unsupported" } } },
    ]);
    expect({ ...status, ephemeralContainerStatuses: undefined }).toEqual(without);
    const dead: ContainerObservation = {
      name: "debug",
      restartCount: 0,
      state: { type: "terminated", exitCode: 1 },
    };
    const ended = statusOf(spec, { observation: observed([running(), dead]) });
    expect(ended.phase).toBe("Running");
    expect(ended.conditions).toEqual(without.conditions);
  });

  it("I7: another image does not by itself make another instance", () => {
    const previous = statusOf({}, { observation: observed([running()]) });
    const changed = statusOf(
      { containers: [{ name: "a", image: "new" }] },
      { previous, observation: observed([running()]) },
    );
    expect(changed.containerStatuses?.[0]).toMatchObject({ restartCount: 0, containerID: "nomad://x1" });
  });
});

describe("M6", () => {
  const volumeMounts = [
    { name: "data", mountPath: "/data" },
    { name: "conf", mountPath: "/conf", readOnly: true, recursiveReadOnly: "IfPossible" },
  ];
  const spec = { containers: [{ name: "a", volumeMounts }, { name: "b" }] };

  it("M6: mounts stand in the status from the first write on, IfPossible as what became of it", () => {
    const statuses = statusOf(spec).containerStatuses;
    expect(statuses?.[0]?.volumeMounts).toEqual([
      { name: "data", mountPath: "/data", readOnly: false },
      { name: "conf", mountPath: "/conf", readOnly: true, recursiveReadOnly: "Disabled" },
    ]);
    expect(statuses?.[1]).not.toHaveProperty("volumeMounts");
  });

  it("M6: they stay as the API server shows them, without what is false", () => {
    const first = statusOf(spec);
    const [a, ...others] = first.containerStatuses ?? [];
    const shown = [{ name: "data", mountPath: "/data" }, ...(a?.volumeMounts?.slice(1) ?? [])];
    const previous = {
      ...first,
      containerStatuses: [...(a ? [{ ...a, volumeMounts: shown }] : []), ...others],
    };
    const observation = observed([running()]);
    expect(statusOf(spec, { previous, observation }).containerStatuses?.[0]?.volumeMounts).toEqual(shown);
  });
});
