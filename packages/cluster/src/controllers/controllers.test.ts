import { describe, expect, it } from "vitest";
import type { KubeObject } from "../api/objects.ts";
import { createFixture, pod, readyNode, settle, start, template } from "../testdata/fixture.ts";
import { podsOf, setPhase } from "../testdata/workloads.ts";
import { deploymentController } from "./deployment.ts";
import { garbageCollector } from "./garbage-collector.ts";
import { jobController } from "./job/job-controller.ts";
import { namespaceController } from "./namespace.ts";
import { replicaSetController } from "./replica-set.ts";
import { scheduler } from "./scheduler.ts";

function deployment(replicas: number, image = "nginx:1"): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      template: { ...template, spec: { containers: [{ name: "c", image }] } },
    },
  };
}

function job(spec: Record<string, unknown> = {}): KubeObject {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "j" },
    spec: {
      template: { spec: { containers: [{ name: "c", image: "x" }], restartPolicy: "Never" } },
      ...spec,
    },
  };
}

describe("scheduler", () => {
  it("binds to ready nodes with room, the emptiest first", async () => {
    const fixture = createFixture();
    const run = start(fixture, (context) => [scheduler(context)]);
    const { registry, type } = fixture;
    registry.create(type("nodes"), undefined, readyNode("n1"));
    registry.create(type("nodes"), undefined, readyNode("n2"));
    for (const name of ["a", "b"]) registry.create(type("pods"), "default", pod(name));
    await settle();
    expect(podsOf(fixture).map(({ spec }) => spec.nodeName)).toEqual(["n1", "n2"]);
    await run.stop();
    expect(run.errors).toEqual([]);
  });

  it("says why a pod cannot be placed, and places it when that changes", async () => {
    const fixture = createFixture();
    const run = start(fixture, (context) => [scheduler(context)]);
    const { registry, type, store } = fixture;
    registry.create(type("nodes"), undefined, readyNode("full", { cpu: "100m", memory: "1Gi", pods: "110" }));
    const tainted = readyNode("tainted");
    tainted.spec = { taints: [{ key: "x", value: "y", effect: "NoSchedule" }] };
    registry.create(type("nodes"), undefined, tainted);
    const big = { containers: [{ name: "c", image: "x", resources: { requests: { cpu: "1" } } }] };
    registry.create(type("pods"), "default", pod("a", big));
    await settle();
    const [event] = store.list(type("events"), "default");
    expect(event).toMatchObject({
      reason: "FailedScheduling",
      message:
        "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    });
    registry.create(type("nodes"), undefined, readyNode("free"));
    await settle();
    expect(podsOf(fixture)[0]?.spec.nodeName).toBe("free");
    await run.stop();
  });

  it("honours node selectors and required affinity", async () => {
    const fixture = createFixture();
    const run = start(fixture, (context) => [scheduler(context)]);
    const { registry, type } = fixture;
    const node = readyNode("n1");
    node.metadata.labels = { zone: "b" };
    registry.create(type("nodes"), undefined, readyNode("n0"));
    registry.create(type("nodes"), undefined, node);
    const terms = [{ matchExpressions: [{ key: "zone", operator: "In", values: ["b"] }] }];
    const affinity = {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
    };
    registry.create(type("pods"), "default", pod("a", { affinity }));
    registry.create(type("pods"), "default", pod("b", { nodeSelector: { zone: "c" } }));
    await settle();
    expect(podsOf(fixture).map(({ spec }) => spec.nodeName)).toEqual(["n1", undefined]);
    await run.stop();
  });
});

describe("Deployments", () => {
  const controllers = (context: Parameters<typeof scheduler>[0]) => [
    deploymentController(context),
    replicaSetController(context, "ReplicaSet"),
  ];

  it("roll a new template out and keep the old ReplicaSet at zero", async () => {
    const fixture = createFixture();
    const run = start(fixture, controllers);
    const { registry, type, store } = fixture;
    registry.create(type("deployments.apps"), "default", deployment(3));
    await settle();
    expect(podsOf(fixture)).toHaveLength(3);
    for (const one of podsOf(fixture)) setPhase(fixture, one, "Running");
    await settle();
    registry.mutate(type("deployments.apps"), "default", "web", (object) => {
      object.spec.template.spec.containers[0].image = "nginx:2";
      return object;
    });
    for (let round = 0; round < 6; round += 1) {
      await settle();
      expect(
        podsOf(fixture).filter(({ status }) => status.phase === "Running").length,
      ).toBeGreaterThanOrEqual(3);
      for (const one of podsOf(fixture)) setPhase(fixture, one, "Running");
    }
    expect(podsOf(fixture).map(({ spec }) => spec.containers[0].image)).toEqual([
      "nginx:2",
      "nginx:2",
      "nginx:2",
    ]);
    expect(
      store
        .list(type("replicasets.apps"))
        .map(({ spec }) => spec.replicas)
        .sort(),
    ).toEqual([0, 3]);
    const status = store.get(type("deployments.apps"), "default", "web")?.status;
    expect(status).toMatchObject({
      observedGeneration: 2,
      replicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
    });
    await run.stop();
    expect(run.errors).toEqual([]);
  });

  it("replace pods that end and scale down", async () => {
    const fixture = createFixture();
    const run = start(fixture, controllers);
    const { registry, type } = fixture;
    registry.create(type("deployments.apps"), "default", deployment(2));
    await settle();
    const [first] = podsOf(fixture);
    if (first) setPhase(fixture, first, "Failed");
    await settle();
    expect(podsOf(fixture).filter(({ status }) => status.phase === "Pending")).toHaveLength(2);
    registry.mutate(type("deployments.apps"), "default", "web", (object) => ({
      ...object,
      spec: { ...object.spec, replicas: 0 },
    }));
    await settle();
    expect(podsOf(fixture).filter(({ status }) => status.phase === "Pending")).toEqual([]);
    await run.stop();
  });
});

describe("Jobs", () => {
  it("complete when enough pods have succeeded, no more than the parallelism at a time", async () => {
    const fixture = createFixture();
    const run = start(fixture, (context) => [jobController(context)]);
    const { registry, type, store } = fixture;
    registry.create(type("jobs.batch"), "default", job({ completions: 3, parallelism: 2 }));
    for (let round = 0; round < 2; round += 1) {
      await settle();
      const active = podsOf(fixture).filter(({ status }) => status.phase === "Pending");
      expect(active.length).toBe(round === 0 ? 2 : 1);
      for (const one of active) setPhase(fixture, one, "Succeeded");
    }
    await settle();
    const status = store.get(type("jobs.batch"), "default", "j")?.status;
    expect(status).toMatchObject({ succeeded: 3, ready: 0 });
    expect(status.conditions.map(({ type: kind }: { type: string }) => kind)).toEqual([
      "SuccessCriteriaMet",
      "Complete",
    ]);
    await run.stop();
    expect(run.errors).toEqual([]);
  });

  it("try again with a growing delay and fail at the backoff limit", async () => {
    const fixture = createFixture();
    const run = start(fixture, (context) => [jobController(context)]);
    const { registry, type, store, clock } = fixture;
    registry.create(type("jobs.batch"), "default", job({ backoffLimit: 1 }));
    await settle();
    const pending = () => podsOf(fixture).filter(({ status }) => status.phase === "Pending");
    for (const one of pending()) setPhase(fixture, one, "Failed");
    await settle();
    expect(pending()).toHaveLength(0);
    await clock.advance(9_000);
    expect(pending()).toHaveLength(0);
    await clock.advance(2_000);
    expect(pending()).toHaveLength(1);
    for (const one of pending()) setPhase(fixture, one, "Failed");
    await settle();
    const status = store.get(type("jobs.batch"), "default", "j")?.status;
    expect(status.failed).toBe(2);
    expect(status.conditions.at(-1)).toMatchObject({ type: "Failed", reason: "BackoffLimitExceeded" });
    await run.stop();
  });

  it("give each pod of an Indexed Job its index", async () => {
    const fixture = createFixture();
    const run = start(fixture, (context) => [jobController(context)]);
    const { registry, type, store } = fixture;
    registry.create(
      type("jobs.batch"),
      "default",
      job({ completions: 3, parallelism: 3, completionMode: "Indexed" }),
    );
    await settle();
    const indexes = podsOf(fixture).map(
      ({ metadata }) => metadata.annotations?.["batch.kubernetes.io/job-completion-index"],
    );
    expect(indexes.sort()).toEqual(["0", "1", "2"]);
    for (const one of podsOf(fixture)) setPhase(fixture, one, "Succeeded");
    await settle();
    expect(store.get(type("jobs.batch"), "default", "j")?.status).toMatchObject({
      succeeded: 3,
      completedIndexes: "0-2",
    });
    await run.stop();
  });
});

describe("garbage collection", () => {
  it("deletes the dependents of what is gone, and only those", async () => {
    const fixture = createFixture();
    const run = start(fixture, (context) => [
      deploymentController(context),
      replicaSetController(context, "ReplicaSet"),
      garbageCollector(context),
    ]);
    const { registry, type, store } = fixture;
    registry.create(type("pods"), "default", pod("lone"));
    registry.create(type("deployments.apps"), "default", deployment(2));
    await settle();
    registry.delete(type("deployments.apps"), "default", "web", { propagationPolicy: "Background" });
    await settle();
    expect(store.list(type("replicasets.apps"))).toEqual([]);
    expect(podsOf(fixture).map(({ metadata }) => metadata.name)).toEqual(["lone"]);
    await run.stop();
    expect(run.errors).toEqual([]);
  });

  it("leaves orphans alone and deletes dependents first in the foreground", async () => {
    const fixture = createFixture();
    const run = start(fixture, (context) => [
      deploymentController(context),
      replicaSetController(context, "ReplicaSet"),
      garbageCollector(context),
    ]);
    const { registry, type, store } = fixture;
    registry.create(type("deployments.apps"), "default", deployment(1));
    await settle();
    registry.delete(type("deployments.apps"), "default", "web", { propagationPolicy: "Orphan" });
    await settle();
    const [set] = store.list(type("replicasets.apps"));
    expect([store.list(type("deployments.apps")), set?.metadata.ownerReferences]).toEqual([[], undefined]);
    registry.delete(type("replicasets.apps"), "default", set?.metadata.name ?? "", {
      propagationPolicy: "Foreground",
    });
    await settle();
    expect([store.list(type("replicasets.apps")), podsOf(fixture)]).toEqual([[], []]);
    await run.stop();
  });
});

describe("namespaces", () => {
  it("are emptied and then go", async () => {
    const fixture = createFixture();
    const run = start(fixture, (context) => [namespaceController(context)]);
    const { registry, type, store, clock } = fixture;
    registry.create(type("namespaces"), undefined, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "x" },
    });
    registry.create(type("pods"), "x", pod("a"));
    registry.delete(type("namespaces"), undefined, "x");
    await settle();
    await clock.advance(1_000);
    expect([store.get(type("namespaces"), undefined, "x"), store.list(type("configmaps"), "x")]).toEqual([
      undefined,
      [],
    ]);
    await run.stop();
  });
});

describe("a controller", () => {
  it("looks once at changes that come together, and again after a failure", async () => {
    const fixture = createFixture();
    const { registry, type, clock } = fixture;
    let looks = 0;
    const run = start(fixture, () => [
      {
        name: "counter",
        watches: [{ type: type("pods"), keys: () => ["all"] }],
        reconcile() {
          looks += 1;
          if (looks === 2) throw new Error("once");
        },
      },
    ]);
    for (let count = 0; count < 50; count += 1) registry.create(type("pods"), "default", pod(`p${count}`));
    await settle();
    expect(looks).toBe(1);
    registry.delete(type("pods"), "default", "p0");
    await settle();
    expect([looks, run.errors.length]).toEqual([2, 1]);
    await clock.advance(20);
    expect(looks).toBe(3);
    await run.stop();
  });
});
