import { describe, expect, it } from "vitest";
import { describeNodes, eligibleNodes, lowestMhzPerCore } from "./node.ts";
import { fakeNode } from "./testdata/nomad-objects.ts";

const selection = { driver: "docker", datacenters: ["*"] };

describe("eligibleNodes", () => {
  it.each([
    ["down", { Status: "down" }],
    ["draining", { Drain: true }],
    ["ineligible", { SchedulingEligibility: "ineligible" }],
    ["of another pool", { NodePool: "gpu" }],
    ["without the driver", { Drivers: { raw_exec: { Healthy: true } } }],
    ["with an unhealthy driver", { Drivers: { docker: { Detected: true, Healthy: false } } }],
  ])("leaves out a node that is %s", (_, change) => {
    expect(eligibleNodes([fakeNode("a"), fakeNode("b", change)], selection).map((node) => node.ID)).toEqual([
      "a",
    ]);
  });

  it("matches datacenters by pattern, and pools by name", () => {
    const nodes = [
      fakeNode("a", { Datacenter: "eu-1" }),
      fakeNode("b", { Datacenter: "us-1", NodePool: "gpu" }),
    ];
    const ids = (change: object) => eligibleNodes(nodes, { ...selection, ...change }).map((node) => node.ID);
    expect(ids({ datacenters: ["eu-*"] })).toEqual(["a"]);
    expect(ids({ datacenters: ["eu"] })).toEqual([]);
    expect(ids({ nodePool: "gpu" })).toEqual(["b"]);
    expect(ids({ nodePool: "all" })).toEqual(["a", "b"]);
  });
});

describe("describeNodes", () => {
  const options = { mhzPerCore: 2_000, maximumPods: 50, driver: "docker" };

  it("sums up nodes, less what they keep for themselves", () => {
    const reserving = fakeNode("b", {
      ReservedResources: { Cpu: { CpuShares: 1_000 }, Memory: { MemoryMB: 192 }, Disk: { DiskMB: 1_000 } },
      NodeResources: {
        ...fakeNode("b").NodeResources,
        Devices: [{ Vendor: "nvidia", Type: "gpu", Instances: [{ Healthy: true }, { Healthy: false }] }],
      },
    });
    expect(describeNodes([fakeNode("a"), reserving], options)).toEqual({
      capacity: {
        cpu: "9500m",
        memory: "16192Mi",
        "ephemeral-storage": "99000Mi",
        pods: "50",
        "nvidia.com/gpu": "1",
      },
      operatingSystem: "linux",
      architecture: "amd64",
      runtimeVersion: "nomad://1.11.3",
    });
  });

  it("has nothing to give without nodes", () => {
    expect(describeNodes([], options).capacity).toMatchObject({ cpu: "0m", memory: "0Mi" });
  });
});

describe("lowestMhzPerCore", () => {
  it("takes the slowest node, and none from nowhere", () => {
    const slow = fakeNode("b", { NodeResources: { Cpu: { CpuShares: 8_001, TotalCpuCores: 4 } } });
    expect(lowestMhzPerCore([fakeNode("a"), slow])).toBe(2_000);
    expect(() => lowestMhzPerCore([])).toThrow(/set mhzPerCore/);
  });
});
