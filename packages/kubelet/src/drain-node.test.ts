import { type LogFields, silentLogger } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { drainNode, leaveNode } from "./drain-node.ts";
import type { AnyObject } from "./testdata/memory-api.ts";
import { NodeFixture } from "./testdata/node-fixture.ts";
import { nodeRestrictionClient } from "./testdata/node-restriction-client.ts";
import { Simulation } from "./testdata/simulation.ts";

async function setUp({ asNode = false } = {}) {
  const world = new Simulation();
  const fixture = new NodeFixture(world);
  const node = fixture.controller({}, asNode ? nodeRestrictionClient(world.api) : world.api.client());
  await node.start();
  const kubelet = world.start();
  const warnings: { readonly message: string; readonly fields: LogFields | undefined }[] = [];
  const logger = {
    ...silentLogger,
    warn: (message: string, fields?: LogFields) => void warnings.push({ message, fields }),
  };
  const drained = { node, pods: kubelet.pods, clock: world.clock, logger };
  const stop = async () => {
    await node.stop();
    await kubelet.stop();
  };
  return { world, fixture, drained, warnings, stop };
}

describe("a node that is drained", () => {
  it("cordons the node before it ends the pods, and deletes it afterwards", async () => {
    const { world, fixture, drained, warnings, stop } = await setUp();
    world.addPod("p");
    await world.advance(3_000);
    const begun = world.api.writes.length;
    const isEmpty = drainNode(drained, { graceSeconds: 30 });
    await world.advance(3_000);
    expect(await isEmpty).toBe(true);
    expect(fixture.node.spec.unschedulable).toBe(true);
    expect(fixture.condition("Ready")).toMatchObject({ status: "False", reason: "KubeletNotReady" });
    const written = world.api.writes.slice(begun).map(({ path }) => path);
    expect(written.slice(0, 2)).toEqual(["/api/v1/nodes/vk", "/api/v1/nodes/vk/status"]);
    expect(world.status("p").reason).toBe("Terminated");
    await stop();
    await leaveNode(drained, { remove: true });
    expect(fixture.node).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it("says which pods were not over in time", async () => {
    const { world, drained, warnings, stop } = await setUp();
    world.backend.stopsAtOnce = false;
    world.addPod("p");
    await world.advance(3_000);
    const isEmpty = drainNode(drained, { graceSeconds: 5 });
    await world.advance(11_000);
    expect(await isEmpty).toBe(false);
    expect(warnings).toEqual([
      {
        message: "a pod was not over in time and goes on to end at the backend",
        fields: { pod: "default/p" },
      },
    ]);
    await stop();
  });

  it("ends the pods although the node cannot be told of it", async () => {
    const { world, drained, warnings, stop } = await setUp();
    const uid = world.addPod("p");
    await world.advance(3_000);
    world.api.setDown(true);
    const isEmpty = drainNode(drained, { graceSeconds: 5 });
    await world.advance(11_000);
    expect(await isEmpty).toBe(false);
    expect(world.backend.stopRequests).toEqual([`${uid}/5`]);
    expect(warnings[0]?.message).toBe("cannot tell that the node is shutting down");
    world.api.setDown(false);
    await stop();
  });

  it("is told once more to be shutting down, in case a check that was under way said otherwise", async () => {
    const { fixture, drained, stop } = await setUp();
    expect(await drainNode(drained, { graceSeconds: 5 })).toBe(true);
    fixture.edit((node) => {
      const conditions = node.status.conditions.map((condition: AnyObject) => ({
        ...condition,
        ...(condition.type === "Ready" && { status: "True", reason: "KubeletReady" }),
      }));
      return { ...node, status: { ...node.status, conditions } };
    });
    await stop();
    await leaveNode(drained, { remove: false });
    expect(fixture.condition("Ready")).toMatchObject({ status: "False", reason: "KubeletNotReady" });
  });

  it("says what to do where the node may not be deleted", async () => {
    const { fixture, drained, warnings, stop } = await setUp({ asNode: true });
    await stop();
    await leaveNode(drained, { remove: true });
    expect(fixture.node).toBeDefined();
    expect(warnings.map(({ message }) => message)).toEqual([
      "cannot delete the node; an administrator can, with kubectl delete node",
    ]);
  });
});
