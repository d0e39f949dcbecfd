import { describe, expect, it } from "vitest";
import type { Json } from "../api/objects.ts";
import { createFixture, readyNode, settle, start } from "../testdata/fixture.ts";
import { podsOf, setPhase, workload } from "../testdata/workloads.ts";
import { daemonSetController } from "./daemon-set.ts";
import { scheduler } from "./scheduler.ts";

function begin(nodes: readonly string[], spec: Json = {}) {
  const fixture = createFixture();
  const run = start(fixture, (context) => [daemonSetController(context), scheduler(context)]);
  const { registry, type, store } = fixture;
  for (const name of nodes) registry.create(type("nodes"), undefined, readyNode(name));
  registry.create(type("daemonsets.apps"), "default", workload("DaemonSet", "x:1", spec));
  const taint = (node: string, effect: string) =>
    registry.mutate(type("nodes"), undefined, node, (object) => {
      object.spec.taints = [{ key: "mine", effect }];
      return object;
    });
  const placed = () =>
    podsOf(fixture)
      .filter(({ metadata }) => !metadata.deletionTimestamp)
      .map(({ spec: { nodeName, containers } }) => `${nodeName} ${containers[0].image}`)
      .sort();
  const finish = () => {
    for (const { metadata } of podsOf(fixture))
      if (metadata.deletionTimestamp)
        registry.delete(type("pods"), "default", metadata.name, { gracePeriodSeconds: 0 });
  };
  const runAll = async () => {
    await settle();
    finish();
    await settle();
    for (const pod of podsOf(fixture)) if (pod.status.phase === "Pending") setPhase(fixture, pod, "Running");
    await settle();
  };
  const status = () => store.get(type("daemonsets.apps"), "default", "web")?.status;
  return { fixture, run, taint, placed, runAll, status };
}

describe("DaemonSets", () => {
  it("put a pod on every node, kept to it by its affinity, and on nodes that come later", async () => {
    const { fixture, run, placed, runAll, status } = begin(["n1"]);
    await runAll();
    fixture.registry.create(fixture.type("nodes"), undefined, readyNode("n2"));
    await runAll();
    expect(placed()).toEqual(["n1 x:1", "n2 x:1"]);
    const [pod] = podsOf(fixture);
    expect(pod?.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution).toEqual({
      nodeSelectorTerms: [
        { matchFields: [{ key: "metadata.name", operator: "In", values: [pod?.spec.nodeName] }] },
      ],
    });
    expect(pod?.spec.tolerations).toHaveLength(6);
    expect(pod?.metadata.labels).toMatchObject({ "pod-template-generation": "1" });
    expect(status()).toMatchObject({ desiredNumberScheduled: 2, numberReady: 2, numberAvailable: 2 });
    await run.stop();
    expect(run.errors).toEqual([]);
  });

  it("keep away from taints: NoSchedule lets a pod stay, NoExecute does not", async () => {
    const { run, taint, placed, runAll, status } = begin(["n1", "n2"]);
    await runAll();
    taint("n1", "NoSchedule");
    await runAll();
    expect(placed()).toEqual(["n1 x:1", "n2 x:1"]);
    expect(status()).toMatchObject({ desiredNumberScheduled: 1, numberMisscheduled: 1 });
    taint("n1", "NoExecute");
    await runAll();
    expect(placed()).toEqual(["n2 x:1"]);
    await run.stop();
  });

  it("replace a failed pod, the second time after a delay", async () => {
    const { fixture, run, placed, runAll } = begin(["n1"]);
    await runAll();
    for (const expected of [["n1 x:1"], ["n1 x:1"]]) {
      const [pod] = podsOf(fixture);
      if (pod) setPhase(fixture, pod, "Failed");
      await settle();
      await fixture.clock.advance(1_500);
      await runAll();
      expect(placed()).toEqual(expected);
      expect(podsOf(fixture)[0]?.metadata.uid).not.toBe(pod?.metadata.uid);
    }
    await run.stop();
    expect(run.errors).toEqual([]);
  });

  it.each([
    ["maxUnavailable", { maxUnavailable: 1 }, ["n1 x:1", "n2 x:2"]],
    ["maxSurge", { maxUnavailable: 0, maxSurge: 1 }, ["n1 x:1", "n1 x:2", "n2 x:1"]],
  ])("update node by node within %s", async (_name, rollingUpdate, between) => {
    const { fixture, run, placed, runAll } = begin(["n1", "n2"], {
      updateStrategy: { type: "RollingUpdate", rollingUpdate },
    });
    await runAll();
    fixture.registry.mutate(fixture.type("daemonsets.apps"), "default", "web", (set) => {
      set.spec.template.spec.containers[0].image = "x:2";
      return set;
    });
    await settle();
    for (const { metadata } of podsOf(fixture))
      if (metadata.deletionTimestamp)
        fixture.registry.delete(fixture.type("pods"), "default", metadata.name, { gracePeriodSeconds: 0 });
    await settle();
    expect(placed().length).toBe(between.length);
    for (let round = 0; round < 5; round += 1) await runAll();
    expect(placed()).toEqual(["n1 x:2", "n2 x:2"]);
    await run.stop();
    expect(run.errors).toEqual([]);
  });
});
