import { silentLogger } from "@vkubelet/core";
import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import { MemoryApi } from "../testdata/memory-api.ts";
import { LeaseController } from "./lease-controller.ts";

const path = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/vk";
const owner = (uid: string) => ({ apiVersion: "v1", kind: "Node", name: "vk", uid });

function setUp() {
  const clock = new FakeClock();
  const api = new MemoryApi();
  const node: { uid: string | undefined } = { uid: "u1" };
  const warnings: unknown[] = [];
  const hang = { on: false };
  const patch: KubeApiClient["patch"] = (path, body, type, options) =>
    hang.on ? untilAborted(options?.signal) : api.client().patch(path, body, type, options);
  const lease = new LeaseController({
    client: { ...api.client(), patch },
    nodeName: "vk",
    nodeUid: () => node.uid,
    clock,
    logger: { ...silentLogger, warn: (_, fields) => void warnings.push(fields?.["error"]) },
  });
  const renewedAt = () => api.get(path)?.spec.renewTime;
  return { clock, api, node, warnings, hang, lease, renewedAt };
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
}

describe("LeaseController", () => {
  it("creates the lease for the node, and renews it every 10 s", async () => {
    const { clock, api, lease, renewedAt } = setUp();
    lease.start();
    await clock.advance(0);
    expect(api.get(path)).toMatchObject({
      kind: "Lease",
      metadata: { name: "vk", namespace: "kube-node-lease", ownerReferences: [owner("u1")] },
      spec: {
        holderIdentity: "vk",
        leaseDurationSeconds: 40,
        renewTime: "2026-01-01T00:00:00.000000Z",
      },
    });
    await clock.advance(9_999);
    expect(renewedAt()).toBe("2026-01-01T00:00:00.000000Z");
    await clock.advance(1);
    expect(renewedAt()).toBe("2026-01-01T00:00:10.000000Z");
    expect(api.writes).toHaveLength(3);
    await lease.stop();
  });

  it("renews by later and later times, although the time of day is set back", async () => {
    const { clock, lease, renewedAt } = setUp();
    lease.start();
    await clock.advance(10_000);
    clock.jump(-3_600_000);
    await clock.advance(10_000);
    expect(renewedAt()).toBe("2026-01-01T00:00:10.001000Z");
    await clock.advance(10_000);
    expect(renewedAt()).toBe("2026-01-01T00:00:10.002000Z");
    clock.jump(3_600_000);
    await clock.advance(10_000);
    expect(renewedAt()).toBe("2026-01-01T00:00:40.000000Z");
    await lease.stop();
  });

  it("takes a lease that another process left, whoever held it", async () => {
    const { clock, api, lease } = setUp();
    api.put(path, {
      kind: "Lease",
      metadata: { name: "vk", namespace: "kube-node-lease", ownerReferences: [owner("u0")] },
      spec: { holderIdentity: "other", leaseDurationSeconds: 1 },
    });
    lease.start();
    await clock.advance(0);
    expect(api.get(path)).toMatchObject({
      metadata: { ownerReferences: [owner("u1")] },
      spec: { holderIdentity: "vk", leaseDurationSeconds: 40 },
    });
    await lease.stop();
  });

  it("makes a deleted lease anew, for the node as it is then", async () => {
    const { clock, api, node, lease } = setUp();
    node.uid = undefined;
    lease.start();
    await clock.advance(0);
    expect(api.get(path).metadata.ownerReferences).toBeUndefined();
    node.uid = "u1";
    await clock.advance(10_000);
    expect(api.get(path).metadata.ownerReferences).toEqual([owner("u1")]);
    node.uid = "u2";
    api.remove(path);
    await clock.advance(10_000);
    expect(api.get(path).metadata.ownerReferences).toEqual([owner("u2")]);
    await lease.stop();
  });

  it("tries every second while the API server is away, and warns once", async () => {
    const { clock, api, warnings, lease, renewedAt } = setUp();
    lease.start();
    await clock.advance(0);
    api.setDown(true);
    await clock.advance(60_000);
    expect(warnings).toHaveLength(1);
    api.setDown(false);
    await clock.advance(1_000);
    expect(renewedAt()).toBe("2026-01-01T00:01:01.000000Z");
    await lease.stop();
  });

  it("gives up a renewal that hangs, so that the next comes in time", async () => {
    const { clock, warnings, hang, lease, renewedAt } = setUp();
    lease.start();
    await clock.advance(0);
    hang.on = true;
    await clock.advance(19_000);
    hang.on = false;
    await clock.advance(2_000);
    expect(String(warnings[0])).toContain("no answer from the API server within 10 s");
    expect(renewedAt()).toBe("2026-01-01T00:00:21.000000Z");
    await lease.stop();
  });
});
