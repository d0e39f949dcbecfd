import { expect } from "vitest";
import { type AnyObject, pathOf } from "../control-planes/api-client.ts";
import {
  conditionOf,
  isReady,
  isRunning,
  pod,
  runs,
  type Scenario,
  specOn,
  startsOf,
  uidOf,
  untilEnded,
  workload,
} from "./stage.ts";

const taintedNode: Scenario = {
  name: "pods go to a virtual node only when they tolerate its taint",
  async run({ bench, virtual, plain }) {
    const space = await bench.namespace();
    const own = { tolerations: [], nodeSelector: {} };
    await space.create("pods", pod("anywhere", specOn(virtual, runs(), own)));
    await space.create("pods", pod("refused", specOn(virtual, runs(), { tolerations: [] })));
    await space.create("pods", pod("tolerant", specOn(virtual)));
    const anywhere = await space.until("pods", "anywhere", isReady);
    const tolerant = await space.until("pods", "tolerant", isReady);
    expect([anywhere.spec.nodeName, tolerant.spec.nodeName]).toEqual([plain.name, virtual.name]);
    const refused = await space.until("pods", "refused", (object) => conditionOf(object, "PodScheduled"));
    expect(refused.spec.nodeName).toBeUndefined();
    expect(conditionOf(refused, "PodScheduled")).toMatchObject({ status: "False", reason: "Unschedulable" });
  },
};

const daemonSet: Scenario = {
  name: "a DaemonSet keeps away from virtual nodes, unless it tolerates their taint",
  async run({ bench, virtual, plain }) {
    const away = await bench.namespace();
    const nearby = await bench.namespace();
    const hosts = { nodeAffinity: onlyOn([virtual.name, plain.name]) };
    const free = { nodeSelector: {}, affinity: hosts };
    await away.create("daemonsets", workload("d", specOn(virtual, runs(), { ...free, tolerations: [] })));
    await nearby.create("daemonsets", workload("d", specOn(virtual, runs(), free)));
    const kept = await away.until("daemonsets", "d", ({ status }) => status.numberReady === 1);
    const placed = await nearby.until("daemonsets", "d", ({ status }) => status.numberReady === 2);
    expect(kept.status).toMatchObject({ desiredNumberScheduled: 1, numberMisscheduled: 0 });
    expect(placed.status).toMatchObject({ desiredNumberScheduled: 2, numberMisscheduled: 0 });
    const names = (pods: readonly AnyObject[]) => pods.map(({ spec }) => spec.nodeName).sort();
    expect(names(await away.list("pods"))).toEqual([plain.name]);
    expect(names(await nearby.list("pods"))).toEqual([plain.name, virtual.name].sort());
  },
};

function onlyOn(values: readonly string[]): AnyObject {
  const matchExpressions = [{ key: "kubernetes.io/hostname", operator: "In", values }];
  return {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
  };
}

const hold = "vkubelet.dev/e2e-hold";

const noExecute: Scenario = {
  name: "a taint NoExecute ends the pods that do not bear it, those that bear it for a while after that",
  async run(stage) {
    const node = await stage.startNode("maintained");
    const space = await stage.bench.namespace();
    const bears = { key: "maintenance", operator: "Exists", effect: "NoExecute" };
    const { tolerations } = specOn(node);
    const specs = {
      leaves: [],
      lingers: [{ ...bears, tolerationSeconds: 4 }],
      stays: [bears],
    };
    for (const [name, more] of Object.entries(specs)) {
      const spec = specOn(node, runs(), { tolerations: [...tolerations, ...more] });
      await space.create("pods", pod(name, spec, { finalizers: [hold] }));
    }
    for (const name of Object.keys(specs)) await space.until("pods", name, isReady);
    const { spec } = await stage.node(node.name);
    const taints = [...spec.taints, { key: "maintenance", effect: "NoExecute" }];
    await stage.bench.api.patch(pathOf("nodes", undefined, node.name), { spec: { taints } });
    const ended = (name: string) =>
      space.until("pods", name, ({ metadata, status }) => {
        return metadata.deletionTimestamp && status.phase === "Failed";
      });
    const [first, second] = [await ended("leaves"), await ended("lingers")];
    for (const object of [first, second]) {
      const target = conditionOf(object, "DisruptionTarget");
      expect(target).toMatchObject({ status: "True", reason: "DeletionByTaintManager" });
    }
    const [sooner, later] = [first, second].map((object) =>
      Date.parse(conditionOf(object, "DisruptionTarget").lastTransitionTime),
    );
    expect(sooner).toBeLessThan(later ?? 0);
    await untilEnded(node, [uidOf(first), uidOf(second)]);
    const stays = await space.get("pods", "stays");
    expect(isRunning(stays) && stays.metadata.deletionTimestamp === undefined).toBe(true);
    expect(startsOf(node, uidOf(stays))).toBe(1);
    for (const name of Object.keys(specs))
      await space.patch("pods", name, { metadata: { finalizers: null } });
    await space.untilGone("pods", "leaves");
    await space.untilGone("pods", "lingers");
  },
};

/** Which pods a virtual node gets, and which it keeps. */
export const scheduling: readonly Scenario[] = [taintedNode, daemonSet, noExecute];
