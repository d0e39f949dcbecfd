import type { PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { Simulation } from "../testdata/simulation.ts";

function asking(cpu: string, rest: Record<string, unknown> = {}): Partial<PodSpec> {
  return {
    containers: [{ name: "main", image: "app:1", resources: { requests: { cpu } } }],
    ...rest,
  } as Partial<PodSpec>;
}

describe("admission on first sight", () => {
  it.each([
    [
      "OutOfcpu",
      asking("3"),
      "Node didn't have enough resource: cpu, requested: 3000, used: 0, capacity: 2000",
    ],
    [
      "NodeAffinity",
      asking("1", { nodeSelector: { zone: "b" } }),
      "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    ],
    [
      "PodOSNotSupported",
      asking("1", { os: { name: "windows" } }),
      "Failed to admit pod as the OS field doesn't match node OS",
    ],
    [
      "TaintToleration",
      asking("1"),
      "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
    ],
  ] as const)("Y2: refuses with %s: the pod is Failed and nothing is started", async (reason, spec, why) => {
    const world = new Simulation();
    world.allocatable = { cpu: "2", memory: "4Gi", pods: "10" };
    world.setNode({ zone: "a" }, reason === "TaintToleration" ? [{ key: "gone", effect: "NoExecute" }] : []);
    const kubelet = world.start();
    world.addPod("p", spec);
    await world.advance(3_000);
    expect(world.status("p")).toMatchObject({
      phase: "Failed",
      reason,
      message: `Pod was rejected: ${why}`,
    });
    expect(world.status("p").containerStatuses).toBeUndefined();
    expect(world.eventMessages("p")).toEqual([`Warning ${reason}: ${why}`]);
    expect(world.backend.started).toEqual([]);
    await kubelet.stop();
  });

  it("Y2: leaves NoSchedule taints to the scheduler", async () => {
    const world = new Simulation();
    world.setNode({}, [{ key: "virtual-kubelet.io/provider", value: "memory", effect: "NoSchedule" }]);
    const kubelet = world.start();
    world.addPod("p");
    await world.advance(3_000);
    expect(world.status("p").phase).toBe("Running");
    await kubelet.stop();
  });

  it("Y2: no annotation makes a pod a static one, which taints would not touch", async () => {
    const world = new Simulation();
    world.setNode({}, [{ key: "gone", effect: "NoExecute" }]);
    const kubelet = world.start();
    world.addPod("p", {}, { annotations: { "kubernetes.io/config.source": "file" } });
    await world.advance(3_000);
    expect(world.status("p").reason).toBe("TaintToleration");
    await kubelet.stop();
  });

  it("Y2: the last room goes to one pod only, however many come at once", async () => {
    const world = new Simulation();
    world.allocatable = { cpu: "2", pods: "10" };
    const kubelet = world.start();
    for (const name of ["a", "b", "c", "d"]) world.addPod(name, asking("800m"));
    await world.advance(5_000);
    const phases = ["a", "b", "c", "d"].map((name) => world.status(name).phase);
    expect(phases.toSorted()).toEqual(["Failed", "Failed", "Running", "Running"]);
    expect(world.status("c").message).toContain("requested: 800, used: 1600, capacity: 2000");
    await kubelet.stop();
  });

  it("Y2: counts pods and host ports of the others, and no longer those that are over", async () => {
    const world = new Simulation();
    world.allocatable = { pods: "2" };
    const kubelet = world.start();
    const withPort = {
      containers: [{ name: "main", image: "a:1", ports: [{ containerPort: 80, hostPort: 80 }] }],
    };
    const first = world.addPod("a", withPort);
    await world.advance(3_000);
    world.addPod("b", withPort);
    await world.advance(3_000);
    expect(world.status("b").reason).toBe("NodePorts");
    world.addPod("c");
    world.addPod("d");
    await world.advance(3_000);
    expect(world.status("c").phase).toBe("Running");
    expect(world.status("d").reason).toBe("OutOfpods");
    world.backend.finish(first, 0);
    await world.advance(3_000);
    world.addPod("e", withPort);
    await world.advance(3_000);
    expect(world.status("e").phase).toBe("Running");
    await kubelet.stop();
  });

  it("Y2: a pod keeps its room while it is being deleted, and gives it up with its object", async () => {
    const world = new Simulation();
    world.allocatable = { pods: "1" };
    world.backend.stopsAtOnce = false;
    const kubelet = world.start();
    const first = world.addPod("a");
    await world.advance(3_000);
    world.deletePod("a");
    await world.advance(3_000);
    world.addPod("b");
    await world.advance(3_000);
    expect(world.status("b").reason).toBe("OutOfpods");
    world.backend.finish(first, 0);
    await world.advance(3_000);
    expect(world.pod("a")).toBeUndefined();
    world.addPod("c");
    await world.advance(3_000);
    expect(world.status("c").phase).toBe("Running");
    await kubelet.stop();
  });
});

describe("admission is decided once", () => {
  it("Y2: what was admitted goes on, whatever becomes of the node", async () => {
    const world = new Simulation();
    const first = world.start();
    const uid = world.addPod("p", asking("1", { restartPolicy: "OnFailure", nodeSelector: {} }));
    await world.advance(3_000);
    world.allocatable = { pods: "0" };
    world.setNode({}, [{ key: "gone", effect: "NoExecute" }]);
    await world.advance(3_000);
    world.backend.finish(uid, 1);
    await world.advance(30_000);
    expect(world.backend.started).toEqual([`${uid}/0`, `${uid}/1`]);
    await first.stop();
    const second = world.start();
    world.backend.finish(uid, 1);
    await world.advance(60_000);
    expect(world.status("p").phase).toBe("Running");
    expect(world.backend.started).toHaveLength(3);
    await second.stop();
  });

  it("Y2: after a restart the pods that were admitted before count before any new one is judged", async () => {
    const world = new Simulation();
    world.allocatable = { cpu: "2", pods: "10" };
    const first = world.start();
    world.addPod("z-old", asking("2"), { creationTimestamp: "2026-01-01T00:00:00Z" });
    await world.advance(3_000);
    await first.stop();
    world.addPod("a-new", asking("1"), { creationTimestamp: "2026-01-02T00:00:00Z" });
    const second = world.start();
    await world.advance(5_000);
    expect(world.status("z-old").phase).toBe("Running");
    expect(world.status("a-new").reason).toBe("OutOfcpu");
    await second.stop();
  });

  it("Y2: of several new pods the oldest come first", async () => {
    const world = new Simulation();
    world.allocatable = { pods: "1" };
    world.addPod("a", {}, { creationTimestamp: "2026-01-01T00:00:09Z" });
    world.addPod("b", {}, { creationTimestamp: "2026-01-01T00:00:01Z" });
    const kubelet = world.start();
    await world.advance(5_000);
    expect(world.status("b").phase).toBe("Running");
    expect(world.status("a").reason).toBe("OutOfpods");
    await kubelet.stop();
  });
});

describe("while the node is not known", () => {
  it("a pod waits and says why, and is admitted when the backend has spoken", async () => {
    const world = new Simulation();
    world.allocatable = undefined;
    const kubelet = world.start();
    world.addPod("p");
    await world.advance(5_000);
    expect(world.backend.started).toEqual([]);
    expect(world.eventMessages("p")).toEqual([
      "Warning FailedSync: the backend has not said yet what the node has room for",
    ]);
    world.allocatable = { pods: "1" };
    await world.advance(3_000);
    expect(world.status("p").phase).toBe("Running");
    await kubelet.stop();
  });

  it("F6: refusals of one owner's pods are spaced, and a pod for which there is room meanwhile is admitted", async () => {
    const world = new Simulation();
    world.allocatable = { pods: "0" };
    const kubelet = world.start();
    const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "r", uid: "r", controller: true };
    world.addPod("a", {}, { ownerReferences: [owner] });
    await world.advance(500);
    expect(world.status("a").reason).toBe("OutOfpods");
    world.addPod("b", {}, { ownerReferences: [owner] });
    await world.advance(500);
    expect(world.status("b").startTime).toBeUndefined();
    expect(world.events("b")).toEqual(["OutOfpods"]);
    world.allocatable = { pods: "1" };
    await world.advance(3_000);
    expect(world.status("b").phase).toBe("Running");
    await kubelet.stop();
  });
});
