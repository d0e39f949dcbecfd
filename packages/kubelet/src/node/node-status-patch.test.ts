import { describe, expect, it } from "vitest";
import { applyPatch } from "../testdata/api-patch.ts";
import type { NodeCondition, NodeStatus } from "./node-object.ts";
import { isStatusCurrent, statusPatch } from "./node-status-patch.ts";

const condition = (type: string, rest: Partial<NodeCondition> = {}): NodeCondition => ({
  type,
  status: "True",
  reason: "R",
  message: "m",
  lastHeartbeatTime: "2026-01-01T00:00:00Z",
  lastTransitionTime: "2026-01-01T00:00:00Z",
  ...rest,
});

const status: NodeStatus = {
  capacity: { cpu: "4000m", memory: "4096Mi" },
  allocatable: { cpu: "4", memory: "4Gi" },
  conditions: [condition("Ready")],
  addresses: [{ type: "InternalIP", address: "10.0.0.1" }],
  daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
  nodeInfo: { kubeletVersion: "v1" },
};

describe("isStatusCurrent", () => {
  it("compares amounts by value, and overlooks heartbeats and what others wrote", () => {
    const current: NodeStatus = {
      ...status,
      capacity: { cpu: "4", memory: "4Gi" },
      conditions: [condition("Foreign"), condition("Ready", { lastHeartbeatTime: "2026-01-01T00:05:00Z" })],
      nodeInfo: { kubeletVersion: "v1", swap: {} },
    };
    expect(isStatusCurrent(status, current)).toBe(true);
  });

  it.each<[string, Partial<NodeStatus>]>([
    ["another amount", { capacity: { cpu: "3", memory: "4Gi" } }],
    ["a resource that nobody has", { capacity: { cpu: "4", memory: "4Gi", "example.com/x": "1" } }],
    ["a resource that is missing", { allocatable: { cpu: "4" } }],
    ["an amount that cannot be read", { allocatable: { cpu: "4", memory: "much" } }],
    ["another address", { addresses: [{ type: "InternalIP", address: "10.0.0.2" }] }],
    ["another port", { daemonEndpoints: { kubeletEndpoint: { Port: 1 } } }],
    ["another version", { nodeInfo: { kubeletVersion: "v2" } }],
    ["another condition", { conditions: [condition("Ready", { message: "other" })] }],
    ["a condition that is missing", { conditions: [] }],
  ])("sees %s", (_, change) => {
    expect(isStatusCurrent(status, { ...status, ...change })).toBe(false);
  });

  it("sees that nothing was written yet", () => {
    expect(isStatusCurrent(status, undefined)).toBe(false);
  });
});

describe("statusPatch", () => {
  it("replaces what the node has and where it is, and merges conditions", () => {
    const before: NodeStatus = {
      capacity: { cpu: "1", "example.com/x": "1" },
      allocatable: { "example.com/x": "1" },
      conditions: [condition("Foreign"), condition("Ready", { status: "Unknown" })],
      addresses: [{ type: "ExternalIP", address: "1.2.3.4" }],
    };
    expect(applyPatch(before, statusPatch(status, before), true)).toEqual({
      ...status,
      conditions: [condition("Foreign"), condition("Ready")],
    });
  });
});
