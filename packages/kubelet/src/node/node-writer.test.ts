import type { Taint } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { KubeApiError } from "../api/kube-api-error.ts";
import { NodeFixture, nodePath } from "../testdata/node-fixture.ts";
import { nodeRestrictionClient } from "../testdata/node-restriction-client.ts";
import type { NodeIdentity } from "./node-object.ts";

const role = { "node-role.kubernetes.io/agent": "" };

const taint = (key: string): Taint => ({ key, value: "", effect: "NoSchedule" });

/** Starts a kubelet, lets it check the node a few times, and ends it. */
async function runOnce(world: NodeFixture, identity: Partial<NodeIdentity>, isNode: boolean): Promise<void> {
  const client = isNode ? nodeRestrictionClient(world.api) : world.api.client();
  const node = world.controller(identity, client);
  await node.start();
  expect(node.ready).toBe(true);
  await world.clock.advance(60_000);
  await node.stop();
}

describe("a node with the rights of a node alone", () => {
  it("registers with its taints, without the labels that are not its to set, and says which these are", async () => {
    const world = new NodeFixture();
    await runOnce(world, { labels: { ...role, team: "a" }, taints: [taint("t")] }, true);
    expect(world.node.spec.taints).toEqual([taint("t")]);
    expect(world.node.metadata.labels).toMatchObject({ team: "a", "kubernetes.io/os": "linux" });
    expect(world.node.metadata.labels).not.toMatchObject(role);
    expect(world.warnings).toEqual([
      {
        message: "the node may not set these labels on itself; an administrator can",
        fields: {
          labels: ["node-role.kubernetes.io/agent="],
          error: expect.any(KubeApiError),
        },
      },
    ]);
  });

  it("keeps what it may of a node that exists, and asks for the rest again after a while only", async () => {
    const world = new NodeFixture();
    await runOnce(world, { taints: [taint("old")] }, true);
    expect(world.warnings).toEqual([]);
    const before = world.writes(nodePath);
    const identity = { labels: { ...role, team: "b" }, taints: [taint("new")] };
    await runOnce(world, identity, true);
    expect(world.node.metadata.labels).toMatchObject({ team: "b" });
    expect(world.node.spec.taints).toEqual([taint("old")]);
    expect(world.warnings.map(({ message }) => message)).toEqual([
      "the node may not set these labels on itself; an administrator can",
      "the node may not set these taints on itself; an administrator can",
    ]);
    expect(world.writes(nodePath)).toBe(before + 1);
  });

  it("takes it for granted when an administrator has set a label that it wanted", async () => {
    const world = new NodeFixture();
    await runOnce(world, {}, true);
    world.edit((node) => {
      const labels = { ...node.metadata.labels, ...role };
      return { ...node, metadata: { ...node.metadata, labels } };
    });
    await runOnce(world, { labels: role }, true);
    expect(world.warnings).toEqual([]);
  });

  it("writes all of it once that is granted", async () => {
    const world = new NodeFixture();
    await runOnce(world, { labels: role, taints: [taint("old")] }, true);
    await runOnce(world, { labels: role, taints: [taint("new")] }, false);
    expect(world.node.spec.taints).toEqual([taint("new")]);
    expect(world.node.metadata.labels).toMatchObject(role);
  });

  it("does not take away what was put on it with more rights, and goes on", async () => {
    const world = new NodeFixture();
    await runOnce(world, { labels: role, taints: [taint("old")] }, false);
    await runOnce(world, {}, true);
    expect(world.node.spec.taints).toEqual([taint("old")]);
    expect(world.node.metadata.labels).toMatchObject(role);
    await runOnce(world, {}, false);
    expect(world.node.spec.taints).toEqual([]);
    expect(world.node.metadata.labels).not.toMatchObject(role);
  });

  it("can be left, cordoned, but not deleted by its kubelet", async () => {
    const world = new NodeFixture();
    const node = world.controller({}, nodeRestrictionClient(world.api));
    await node.start();
    await node.leave(new AbortController().signal);
    expect(world.node.spec.unschedulable).toBe(true);
    await node.stop();
    await expect(node.remove(new AbortController().signal)).rejects.toMatchObject({ status: 403 });
  });
});

describe("a node without the right to register", () => {
  it("does not start, and names what was refused", async () => {
    const world = new NodeFixture();
    const client = world.api.client(({ method, path }) => {
      if (method === "create" && path === "/api/v1/nodes")
        throw new KubeApiError("POST /api/v1/nodes: no", { status: 403, reason: "Forbidden" });
    });
    await expect(world.controller({}, client).start()).rejects.toThrow("POST /api/v1/nodes: no");
  });
});
