import { describe, expect, it } from "vitest";
import type { Json } from "../api/objects.ts";
import { createFixture, settle, start } from "../testdata/fixture.ts";
import { images, podsOf, setPhase, workload } from "../testdata/workloads.ts";
import { garbageCollector } from "./garbage-collector.ts";
import { statefulSetController } from "./stateful-set.ts";

function begin(spec: Json) {
  const fixture = createFixture();
  const run = start(fixture, (context) => [statefulSetController(context), garbageCollector(context)]);
  const { registry, type } = fixture;
  registry.create(
    type("statefulsets.apps"),
    "default",
    workload("StatefulSet", "x:1", { serviceName: "svc", ...spec }),
  );
  const change = (edit: (spec: Json) => void) =>
    registry.mutate(type("statefulsets.apps"), "default", "web", (set) => {
      edit(set.spec);
      return set;
    });
  const names = () => podsOf(fixture).map(({ metadata }) => metadata.name);
  const runAll = async () => {
    await settle();
    for (const pod of podsOf(fixture)) if (pod.status.phase === "Pending") setPhase(fixture, pod, "Running");
    await settle();
  };
  const status = () => fixture.store.get(type("statefulsets.apps"), "default", "web")?.status;
  return { fixture, run, change, names, runAll, status };
}

describe("StatefulSets", () => {
  it("grow one ready pod at a time and shrink from the end", async () => {
    const { run, change, names, runAll } = begin({ replicas: 3 });
    await settle();
    expect(names()).toEqual(["web-0"]);
    await runAll();
    expect(names()).toEqual(["web-0", "web-1"]);
    await runAll();
    await runAll();
    expect(names()).toEqual(["web-0", "web-1", "web-2"]);
    change((spec) => {
      spec.replicas = 1;
    });
    await settle();
    expect(names()).toEqual(["web-0"]);
    await run.stop();
    expect(run.errors).toEqual([]);
  });

  it("give pods names, labels and hosts of their own, from the first ordinal on, all at once when Parallel", async () => {
    const { fixture, run, names, status } = begin({
      replicas: 2,
      podManagementPolicy: "Parallel",
      ordinals: { start: 5 },
    });
    await settle();
    expect(names()).toEqual(["web-5", "web-6"]);
    const [pod] = podsOf(fixture);
    expect(pod?.metadata.labels).toMatchObject({
      "statefulset.kubernetes.io/pod-name": "web-5",
      "apps.kubernetes.io/pod-index": "5",
      "controller-revision-hash": status().updateRevision,
    });
    expect(pod?.spec).toMatchObject({ hostname: "web-5", subdomain: "svc" });
    await run.stop();
  });

  it("make a pod that ended or was deleted again under its name, with the same claim", async () => {
    const { fixture, run, names, runAll } = begin({
      replicas: 1,
      volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"] } }],
    });
    await runAll();
    const { store, type } = fixture;
    const claim = store.get(type("persistentvolumeclaims"), "default", "data-web-0")?.metadata.uid;
    const [first] = podsOf(fixture);
    expect(first?.spec.volumes[0]).toEqual({
      name: "data",
      persistentVolumeClaim: { claimName: "data-web-0" },
    });
    if (first) setPhase(fixture, first, "Failed");
    await settle();
    expect(names()).toEqual(["web-0"]);
    expect(podsOf(fixture)[0]?.metadata.uid).not.toBe(first?.metadata.uid);
    expect(claim).toBeDefined();
    expect(store.get(type("persistentvolumeclaims"), "default", "data-web-0")?.metadata.uid).toBe(claim);
    await run.stop();
    expect(run.errors).toEqual([]);
  });

  it("delete claims by the retention policy", async () => {
    const { fixture, run, change, runAll } = begin({
      replicas: 2,
      podManagementPolicy: "Parallel",
      volumeClaimTemplates: [{ metadata: { name: "data" }, spec: {} }],
      persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete", whenDeleted: "Retain" },
    });
    await runAll();
    change((spec) => {
      spec.replicas = 1;
    });
    await settle();
    const left = fixture.store.list(fixture.type("persistentvolumeclaims"), "default");
    expect(left.map(({ metadata }) => metadata.name)).toEqual(["data-web-0"]);
    await run.stop();
  });

  it("update from the last ordinal down to the partition, waiting for each", async () => {
    const { fixture, run, change, runAll, status } = begin({ replicas: 3, podManagementPolicy: "Parallel" });
    await runAll();
    change((spec) => {
      spec.template.spec.containers[0].image = "x:2";
      spec.updateStrategy = { type: "RollingUpdate", rollingUpdate: { partition: 1 } };
    });
    await settle();
    expect(images(fixture)).toEqual({ "web-0": "x:1", "web-1": "x:1", "web-2": "x:2" });
    await runAll();
    await runAll();
    expect(images(fixture)).toEqual({ "web-0": "x:1", "web-1": "x:2", "web-2": "x:2" });
    expect(status()).toMatchObject({ currentReplicas: 1, updatedReplicas: 2 });
    expect(status().currentRevision).not.toBe(status().updateRevision);
    const zero = podsOf(fixture)[0];
    if (zero) setPhase(fixture, zero, "Failed");
    await runAll();
    expect(images(fixture)["web-0"]).toBe("x:1");
    change((spec) => {
      spec.updateStrategy.rollingUpdate.partition = 0;
    });
    await runAll();
    await runAll();
    expect(images(fixture)["web-0"]).toBe("x:2");
    expect(status().currentRevision).toBe(status().updateRevision);
    await run.stop();
    expect(run.errors).toEqual([]);
  });

  it("leave updates to deletions with OnDelete, and find an old revision again", async () => {
    const { fixture, run, change, runAll } = begin({ replicas: 1, updateStrategy: { type: "OnDelete" } });
    await runAll();
    for (const image of ["x:2", "x:1"]) {
      change((spec) => {
        spec.template.spec.containers[0].image = image;
      });
      await settle();
    }
    expect(images(fixture)).toEqual({ "web-0": "x:1" });
    const revisions = fixture.store.list(fixture.type("controllerrevisions.apps"), "default");
    expect(revisions.map((revision) => revision["revision"]).sort()).toEqual([2, 3]);
    await run.stop();
  });
});
