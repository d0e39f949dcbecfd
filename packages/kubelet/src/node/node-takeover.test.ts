import { describe, expect, it } from "vitest";
import type { AnyObject } from "../testdata/memory-api.ts";
import { NodeFixture, nodePath } from "../testdata/node-fixture.ts";

describe("NodeController before a Node that is there already", () => {
  const existing = (rest: AnyObject) => {
    const world = new NodeFixture();
    world.api.put(nodePath, { apiVersion: "v1", kind: "Node", metadata: { name: "vk" }, ...rest });
    return world;
  };
  const way = "choose another node name, or delete the Node when nothing runs on it any more";

  it("takes one that no kubelet has reported yet, with what an administrator put on it", async () => {
    const world = existing({ spec: { taints: [{ key: "own", effect: "NoExecute" }] } });
    const node = world.controller({ providerID: "cloud:///vk" });
    await node.start();
    expect(world.node.spec).toMatchObject({
      providerID: "cloud:///vk",
      taints: [{ key: "own", effect: "NoExecute" }],
    });
    await node.stop();
  });

  it("leaves one alone that another kubelet reports, and says what to do", async () => {
    const nodeInfo = { kubeletVersion: "v1.34.4", containerRuntimeVersion: "containerd://1.6.20" };
    const world = existing({ status: { nodeInfo, conditions: [] } });
    await expect(world.controller().start()).rejects.toThrow(
      `cannot register node "vk": it belongs to another kubelet (version v1.34.4, container runtime containerd://1.6.20); ${way}`,
    );
    expect(world.api.writes).toEqual([]);
  });

  it("leaves one alone that another provider serves", async () => {
    const world = new NodeFixture();
    const other = world.controller({ providerName: "nomad" });
    await other.start();
    await other.stop();
    await expect(world.controller().start()).rejects.toThrow(
      `cannot register node "vk": it belongs to provider "nomad", not "memory"; ${way}`,
    );
  });

  it("gives a new node its provider ID, and refuses another one afterwards", async () => {
    const world = new NodeFixture();
    const first = world.controller({ providerID: "cloud:///a" });
    await first.start();
    await first.stop();
    expect(world.node.spec.providerID).toBe("cloud:///a");
    const without = world.controller();
    await without.start();
    await without.stop();
    await expect(world.controller({ providerID: "cloud:///b" }).start()).rejects.toThrow(
      `its provider ID is "cloud:///a", not "cloud:///b", and cannot be changed; ${way}`,
    );
  });

  it("lets go of one that another kubelet takes over later", async () => {
    const world = new NodeFixture();
    const node = world.controller();
    await node.start();
    world.edit((object) => ({
      ...object,
      status: { ...object.status, nodeInfo: { ...object.status.nodeInfo, kubeletVersion: "v1.34.4" } },
    }));
    const written = world.api.writes.length;
    await world.clock.advance(600_000);
    expect(world.api.writes).toHaveLength(written);
    expect(world.warnings).toHaveLength(1);
    expect(String(world.warnings[0]?.fields.error)).toContain("it belongs to another kubelet");
    await node.stop();
  });
});

describe("NodeController that leaves", () => {
  const soon = new AbortController().signal;

  it("cordons the node and is not ready with the kubelet's words; the next start takes that back", async () => {
    const world = new NodeFixture();
    const node = world.controller();
    await node.start();
    await node.leave(soon);
    await world.clock.advance(20_000);
    expect(world.node.spec.unschedulable).toBe(true);
    expect(world.condition("Ready")).toMatchObject({
      status: "False",
      reason: "KubeletNotReady",
      message: "node is shutting down",
    });
    await node.stop();
    const next = world.controller();
    await next.start();
    expect(world.node.spec.unschedulable).toBeUndefined();
    expect(world.condition("Ready")).toMatchObject({ status: "True" });
    await next.stop();
  });

  it("does not take back what a user cordoned", async () => {
    const world = new NodeFixture();
    const node = world.controller();
    await node.start();
    world.edit((object) => ({ ...object, spec: { ...object.spec, unschedulable: true } }));
    await node.leave(soon);
    await node.stop();
    const next = world.controller();
    await next.start();
    await world.clock.advance(20_000);
    expect(world.node.spec.unschedulable).toBe(true);
    await next.stop();
  });

  it("does not wait for a health check that hangs, whose outcome changes nothing", async () => {
    const world = new NodeFixture();
    const node = world.controller();
    await node.start();
    world.backend.hang("checkHealth");
    await world.clock.advance(11_000);
    await node.leave(soon);
    await world.clock.advance(80_000);
    expect(world.condition("Ready")).toMatchObject({ reason: "KubeletNotReady" });
    await node.stop();
  });

  it("makes no node anew that was deleted meanwhile, and deletes its own alone", async () => {
    const world = new NodeFixture();
    const node = world.controller();
    await node.start();
    world.api.remove(nodePath);
    await node.leave(soon);
    await world.clock.advance(20_000);
    expect(world.node).toBeUndefined();
    await node.stop();
    world.api.put(nodePath, { apiVersion: "v1", kind: "Node", metadata: { name: "vk" } });
    await expect(node.remove(soon)).rejects.toMatchObject({ status: 409 });
    expect(world.node).toBeDefined();
  });
});
