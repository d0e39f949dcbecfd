import { describe, expect, it } from "vitest";
import { createFixture, pod, readyNode, settle, start } from "../testdata/fixture.ts";
import { podsOf } from "../testdata/workloads.ts";
import { nodeLifecycleController } from "./node-lifecycle.ts";
import { scheduler } from "./scheduler.ts";
import { taintEvictionController } from "./taint-eviction.ts";

/** Plays the kubelet of a node that is well. */
function renew({ registry, type, clock }: ReturnType<typeof createFixture>, node: string): void {
  const time = new Date(clock.now()).toISOString();
  const ready = { type: "Ready", status: "True", lastHeartbeatTime: time };
  registry.mutate(
    type("nodes"),
    undefined,
    node,
    (current) => ({ ...current, status: { ...current.status, conditions: [ready] } }),
    { subresource: "status" },
  );
}

describe("node lifecycle", () => {
  it("takes the first taint from a ready node, and marks a silent one Unknown and empties it", async () => {
    const fixture = createFixture({ taintNewNodes: true });
    const run = start(fixture, (context) => [
      nodeLifecycleController(context),
      taintEvictionController(context),
      scheduler(context),
    ]);
    const { registry, type, store, clock } = fixture;
    registry.create(type("nodes"), undefined, readyNode("n1"));
    registry.create(type("pods"), "default", pod("a"));
    await settle();
    expect(store.get(type("nodes"), undefined, "n1")?.spec.taints).toBeUndefined();
    expect(podsOf(fixture)[0]?.spec.nodeName).toBe("n1");
    // Nothing leaves a cluster in which no node is ready.
    registry.create(type("nodes"), undefined, readyNode("n2"));
    await clock.advance(40_000);
    renew(fixture, "n2");
    await clock.advance(20_000);
    const node = store.get(type("nodes"), undefined, "n1");
    expect(node?.status.conditions[0]).toMatchObject({
      type: "Ready",
      status: "Unknown",
      reason: "NodeStatusUnknown",
    });
    expect(
      node?.spec.taints.map(({ key, effect }: { key: string; effect: string }) => `${key}:${effect}`),
    ).toEqual(["node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute"]);
    expect(podsOf(fixture)[0]?.metadata.deletionTimestamp).toBeUndefined();
    for (let round = 0; round < 8; round += 1) {
      renew(fixture, "n2");
      await clock.advance(40_000);
    }
    expect(podsOf(fixture)[0]?.metadata.deletionTimestamp).toBeDefined();
    await run.stop();
    expect(run.errors).toEqual([]);
  });
});

describe("a node's Lease", () => {
  it("is a sign of life only when its time goes forward", async () => {
    const fixture = createFixture();
    const run = start(fixture, (context) => [nodeLifecycleController(context)]);
    const { registry, type, store, clock } = fixture;
    registry.create(type("nodes"), undefined, readyNode("n1"));
    const leases = registry.types.require("coordination.k8s.io", "leases");
    const renewTime = (shiftMs: number) =>
      `${new Date(clock.now() + shiftMs).toISOString().slice(0, 23)}000Z`;
    registry.create(leases, "kube-node-lease", {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "n1" },
      spec: { renewTime: renewTime(0) },
    });
    const renewed = async (shiftMs: number) => {
      const spec = { renewTime: renewTime(shiftMs) };
      registry.mutate(leases, "kube-node-lease", "n1", (current) => ({ ...current, spec }), {});
      await clock.advance(30_000);
      return store.get(type("nodes"), undefined, "n1")?.status.conditions[0].status;
    };
    expect([await renewed(0), await renewed(0), await renewed(0)]).toEqual(["True", "True", "True"]);
    expect(await renewed(-3_600_000)).toBe("Unknown");
    await run.stop();
    expect(run.errors).toEqual([]);
  });
});

describe("a taint NoExecute", () => {
  it("drives pods out when their time is up, which begins anew with a taint that was taken away", async () => {
    const fixture = createFixture();
    const run = start(fixture, (context) => [taintEvictionController(context)]);
    const { registry, type, clock } = fixture;
    registry.create(type("nodes"), undefined, readyNode("n1"));
    const bears = { key: "maintenance", operator: "Exists", effect: "NoExecute" };
    const bound = (name: string, tolerations: object[]) => {
      const object = pod(name);
      registry.create(type("pods"), "default", {
        ...object,
        spec: { ...object.spec, nodeName: "n1", tolerations },
      });
    };
    bound("leaves", []);
    bound("lingers", [{ ...bears, tolerationSeconds: 10 }]);
    bound("stays", [bears]);
    const taint = (taints: object[]) =>
      registry.mutate(
        type("nodes"),
        undefined,
        "n1",
        (node) => ({ ...node, spec: { ...node.spec, taints } }),
        {},
      );
    const here = () =>
      podsOf(fixture)
        .filter(({ metadata }) => !metadata.deletionTimestamp)
        .map(({ metadata }) => metadata.name);
    taint([{ key: "maintenance", effect: "NoExecute" }]);
    await clock.advance(9_000);
    expect(here()).toEqual(["lingers", "stays"]);
    taint([]);
    await clock.advance(9_000);
    taint([{ key: "maintenance", effect: "NoExecute" }]);
    await clock.advance(9_000);
    expect(here()).toEqual(["lingers", "stays"]);
    await clock.advance(2_000);
    expect(here()).toEqual(["stays"]);
    await run.stop();
    expect(run.errors).toEqual([]);
  });
});
