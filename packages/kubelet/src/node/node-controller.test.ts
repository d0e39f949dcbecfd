import { ProviderError } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { KubeApiError } from "../api/kube-api-error.ts";
import type { AnyObject } from "../testdata/memory-api.ts";
import { NodeFixture, nodePath } from "../testdata/node-fixture.ts";

const statusPath = `${nodePath}/status`;

describe("NodeController with a backend", () => {
  it("registers a node without room while the backend is out of order, and recovers by itself", async () => {
    const world = new NodeFixture();
    const node = world.controller();
    world.backend.fail("describeNode", new ProviderError("Unavailable", "describe: no answer"));
    await node.start();
    expect(world.condition("Ready")).toMatchObject({
      status: "False",
      reason: "BackendUnavailable",
      message: "describe: no answer",
    });
    expect(world.node.status.capacity.pods).toBe("0");
    await world.clock.advance(11_000);
    expect(world.condition("Ready")).toMatchObject({ status: "True" });
    expect(world.node.status.capacity.pods).toBe("110");
    await node.stop();
  });

  it.each([
    [
      new ProviderError("CapacityExceeded", "no client", { reason: "NomadNoNodes" }),
      "NomadNoNodes",
      "no client",
    ],
    [new ProviderError("Unauthorized", "no token"), "BackendUnavailable", "no token"],
    [new TypeError("x is not a function"), "BackendUnavailable", "x is not a function"],
    ["odd", "BackendUnavailable", "odd"],
    [undefined, "BackendUnavailable", "undefined"],
  ])(
    "cannot be described at the start: no room, not ready for the reason of %s, until it can",
    async (error, reason, message) => {
      const world = new NodeFixture();
      const node = world.controller();
      world.backend.fail("describeNode", error);
      await node.start();
      expect(world.condition("Ready")).toMatchObject({ status: "False", reason, message });
      expect(node.notReady).toBe(`${reason}: ${message}`);
      expect(world.node.status.allocatable.pods).toBe("0");
      await world.clock.advance(11_000);
      expect(world.condition("Ready")).toMatchObject({ status: "True" });
      expect(node.notReady).toBeUndefined();
      expect(world.node.status.allocatable.pods).toBe("110");
      await node.stop();
    },
  );

  it.each(["InvalidInput", "Unsupported"] as const)(
    "refuses to start with a provider whose settings are wrong: %s",
    async (code) => {
      const world = new NodeFixture();
      world.backend.fail("describeNode", new ProviderError(code, "region: must be named"));
      await expect(world.controller().start()).rejects.toThrow("region: must be named");
      expect(world.node).toBeUndefined();
    },
  );

  it.each(["describeNode", "checkHealth"] as const)(
    "is not held up by %s that hangs for ever",
    async (method) => {
      const world = new NodeFixture();
      const node = world.controller();
      world.backend.hang(method);
      const started = node.start();
      await world.clock.advance(61_000);
      await started;
      expect(world.condition("Ready")).toMatchObject({
        status: "False",
        message: `${method}: no answer within 60 s`,
      });
      await world.clock.advance(11_000);
      expect(world.condition("Ready")).toMatchObject({ status: "True" });
      await node.stop();
    },
  );

  it.each([
    [
      "its own reason",
      new ProviderError("Unavailable", "no quorum", { reason: "NomadNoLeader" }),
      "NomadNoLeader",
    ],
    ["none of its own", new ProviderError("Unavailable", "no quorum"), "ProviderUnhealthy"],
    ["no ProviderError", "no quorum", "ProviderUnhealthy"],
  ])("fails its health check with %s", async (_, error, reason) => {
    const world = new NodeFixture();
    const node = world.controller();
    await node.start();
    world.backend.fail("checkHealth", error);
    await world.clock.advance(10_000);
    expect(world.condition("Ready")).toMatchObject({ status: "False", reason, message: "no quorum" });
    await node.stop();
  });

  it("says why listings fail, as soon as it is poked", async () => {
    const world = new NodeFixture();
    const node = world.controller();
    await node.start();
    world.backendError = new ProviderError("Unavailable", "list: no answer");
    node.poke();
    await world.clock.advance(0);
    expect(world.condition("Ready")).toMatchObject({ status: "False", message: "list: no answer" });
    expect(node.ready).toBe(false);
    world.backendError = new ProviderError("Unavailable", "no stream", { reason: "NomadEventStreamSilent" });
    await world.clock.advance(10_000);
    expect(world.condition("Ready")).toMatchObject({
      reason: "NomadEventStreamSilent",
      message: "no stream",
    });
    world.backendError = undefined;
    await world.clock.advance(10_000);
    expect(world.condition("Ready")).toMatchObject({ status: "True" });
    expect(node.ready).toBe(true);
    await node.stop();
  });

  it("tells in events when the node becomes ready and when it does not", async () => {
    const world = new NodeFixture();
    const node = world.controller();
    await node.start();
    world.backendError = new ProviderError("Unavailable", "list: no answer");
    await world.clock.advance(30_000);
    world.backendError = undefined;
    await world.clock.advance(30_000);
    const events = world.api
      .all("events")
      .map(({ reason, message, count, involvedObject }: AnyObject) => [
        reason,
        message,
        count,
        involvedObject.uid,
      ]);
    expect(events).toEqual([
      ["NodeReady", "Node vk status is now: NodeReady", 2, "vk"],
      ["NodeNotReady", "Node vk status is now: NodeNotReady: list: no answer", 1, "vk"],
    ]);
    await node.stop();
  });

  it("is not held up by a health check that hangs", async () => {
    const world = new NodeFixture();
    const node = world.controller();
    await node.start();
    world.backend.hang("checkHealth");
    await world.clock.advance(71_000);
    expect(world.condition("Ready")).toMatchObject({
      status: "False",
      message: "checkHealth: no answer within 60 s",
    });
    await world.clock.advance(11_000);
    expect(world.condition("Ready")).toMatchObject({ status: "True" });
    await node.stop();
  });

  it("keeps what an earlier kubelet reported while the backend is out of order at the start", async () => {
    const world = new NodeFixture();
    world.described = { labels: { zone: "a" } };
    const before = world.controller();
    await before.start();
    await before.stop();
    world.backend.fail("describeNode", new ProviderError("Unavailable", "describe: no answer"));
    const node = world.controller();
    await node.start();
    expect(world.condition("Ready")).toMatchObject({ status: "False", reason: "BackendUnavailable" });
    expect(world.node.status.capacity.pods).toBe("110");
    expect(world.node.metadata.labels).toMatchObject({ zone: "a" });
    await node.stop();
  });

  it("reports capacity and allocatable apart, and takes away what the backend has no more", async () => {
    const world = new NodeFixture();
    const allocatable = { cpu: "3500m", memory: "3Gi", pods: "10" };
    const capacity = { cpu: "4000m", memory: "4096Mi", pods: "10" };
    world.described = { capacity: { ...capacity, "nvidia.com/gpu": "1" }, allocatable };
    const node = world.controller();
    await node.start();
    expect(world.node.status).toMatchObject({
      capacity: { cpu: "4", memory: "4Gi", pods: "10", "nvidia.com/gpu": "1" },
      allocatable: { cpu: "3500m", memory: "3Gi", pods: "10" },
    });
    world.described = { capacity, allocatable };
    await world.clock.advance(70_000);
    expect(world.node.status.capacity).toEqual({ cpu: "4", memory: "4Gi", pods: "10" });
    await node.stop();
  });
});

describe("NodeController with an API server", () => {
  it("writes a status in which nothing changed every five minutes only", async () => {
    const world = new NodeFixture();
    // As the API server writes it, it is "4Gi".
    world.described = { capacity: { cpu: "4000m", memory: "4096Mi", pods: "10" } };
    const node = world.controller();
    await node.start();
    const [before, written] = [world.condition("Ready"), world.writes(statusPath)];
    await world.clock.advance(299_000);
    expect(world.writes(statusPath)).toBe(written);
    await world.clock.advance(11_000);
    expect(world.writes(statusPath)).toBe(written + 1);
    expect(world.condition("Ready").lastHeartbeatTime).not.toBe(before.lastHeartbeatTime);
    expect(world.condition("Ready").lastTransitionTime).toBe(before.lastTransitionTime);
    await node.stop();
  });

  it("says that it is ready again after the control plane took it for dead, and leaves foreign conditions", async () => {
    const world = new NodeFixture();
    const node = world.controller();
    await node.start();
    world.edit((object) => ({
      ...object,
      status: {
        ...object.status,
        conditions: [
          { type: "Foreign", status: "True", reason: "Other", message: "" },
          ...object.status.conditions.map((condition: AnyObject) => ({
            ...condition,
            status: "Unknown",
            reason: "NodeStatusUnknown",
          })),
        ],
      },
    }));
    await world.clock.advance(10_000);
    expect(world.condition("Ready")).toMatchObject({ status: "True", reason: "KubeletReady" });
    expect(world.condition("MemoryPressure")).toMatchObject({ status: "False" });
    expect(world.condition("Foreign")).toMatchObject({ status: "True", reason: "Other" });
    await node.stop();
  });

  it("creates the node anew when somebody deleted it, at once when it is poked", async () => {
    const world = new NodeFixture();
    const node = world.controller({ taints: [{ key: "t", value: "v", effect: "NoSchedule" }] });
    await node.start();
    const { uid } = world.node.metadata;
    expect(node.uid).toBe(uid);
    world.api.remove(nodePath);
    node.poke();
    await world.clock.advance(0);
    expect(world.node.metadata.uid).not.toBe(uid);
    expect(node.uid).toBe(world.node.metadata.uid);
    expect(world.node.spec.taints).toEqual([{ key: "t", value: "v", effect: "NoSchedule" }]);
    expect(world.condition("Ready")).toMatchObject({ status: "True" });
    await node.stop();
  });

  it("goes on when the API server is back, and warns once", async () => {
    const world = new NodeFixture();
    const node = world.controller();
    await node.start();
    world.api.setDown(true);
    world.backendError = new ProviderError("Unavailable", "list: no answer");
    await world.clock.advance(60_000);
    expect(world.warnings.map(({ message }) => message)).toEqual(["cannot update the node"]);
    world.api.setDown(false);
    await world.clock.advance(10_000);
    expect(world.condition("Ready")).toMatchObject({ status: "False", message: "list: no answer" });
    await node.stop();
  });

  it("writes the status although somebody else changes the node at the same time", async () => {
    const world = new NodeFixture();
    world.api.put(nodePath, { apiVersion: "v1", kind: "Node", metadata: { name: "vk" }, spec: {} });
    let conflicts = 1;
    const client = world.api.client(({ method, path }, when) => {
      if (method !== "patch" || path !== nodePath || when !== "before" || conflicts === 0) return;
      conflicts -= 1;
      throw new KubeApiError("conflict", { status: 409, reason: "Conflict" });
    });
    const node = world.controller({ labels: { a: "b" } }, client);
    await node.start();
    expect(world.condition("Ready")).toMatchObject({ status: "True" });
    expect(world.node.metadata.labels).toBeUndefined();
    await world.clock.advance(10_000);
    expect(world.node.metadata.labels).toMatchObject({ a: "b" });
    await node.stop();
  });
});
