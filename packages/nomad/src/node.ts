import { type NodeDescription, ProviderError } from "@vkubelet/core";
import type { NodeStub } from "./wire.ts";

/** Which Nomad nodes may run the pods of this provider. */
export interface NodeSelection {
  readonly driver: string;
  readonly nodePool?: string | undefined;
  readonly datacenters: readonly string[];
}

/** Nodes that are ready, eligible, not draining, of the right pool and datacenter, and with a healthy driver. */
export function eligibleNodes(nodes: readonly NodeStub[], selection: NodeSelection): readonly NodeStub[] {
  const pool = selection.nodePool ?? "default";
  return nodes.filter(
    (node) =>
      node.Status === "ready" &&
      node.SchedulingEligibility === "eligible" &&
      node.Drain !== true &&
      (pool === "all" || node.NodePool === undefined || node.NodePool === pool) &&
      selection.datacenters.some((pattern) => matches(pattern, node.Datacenter ?? "")) &&
      node.Drivers?.[selection.driver]?.Healthy === true,
  );
}

/** The lowest MHz per core among nodes: a pod gets at least the CPU that it asks for wherever it lands. */
export function lowestMhzPerCore(nodes: readonly NodeStub[]): number {
  const values = nodes.flatMap((node) => {
    const cpu = node.NodeResources?.Cpu;
    return cpu?.CpuShares && cpu.TotalCpuCores ? [Math.floor(cpu.CpuShares / cpu.TotalCpuCores)] : [];
  });
  if (values.length === 0) {
    throw new ProviderError(
      "CapacityExceeded",
      "reading the MHz per core failed: no Nomad node is ready and eligible; set mhzPerCore, or look at the nodes",
      { reason: "NomadNoNodes" },
    );
  }
  return Math.max(1, Math.min(...values));
}

/** The sum over eligible nodes, less what they reserve for themselves. */
export function describeNodes(
  nodes: readonly NodeStub[],
  options: { readonly mhzPerCore: number; readonly maximumPods: number; readonly driver: string },
): NodeDescription {
  const total = { mhz: 0, memory: 0, disk: 0, gpus: 0 };
  for (const node of nodes) {
    const { NodeResources: resources, ReservedResources: reserved } = node;
    total.mhz += (resources?.Cpu?.CpuShares ?? 0) - (reserved?.Cpu?.CpuShares ?? 0);
    total.memory += (resources?.Memory?.MemoryMB ?? 0) - (reserved?.Memory?.MemoryMB ?? 0);
    total.disk += (resources?.Disk?.DiskMB ?? 0) - (reserved?.Disk?.DiskMB ?? 0);
    for (const device of resources?.Devices ?? []) {
      if (device.Vendor !== "nvidia" || device.Type !== "gpu") continue;
      total.gpus += (device.Instances ?? []).filter((instance) => instance.Healthy === true).length;
    }
  }
  const version = nodes.find((node) => node.Version !== undefined)?.Version;
  const arm = nodes.length > 0 && nodes.every((node) => node.Attributes?.["cpu.arch"] === "arm64");
  return {
    capacity: {
      cpu: `${Math.floor((Math.max(0, total.mhz) * 1_000) / options.mhzPerCore)}m`,
      memory: `${Math.max(0, total.memory)}Mi`,
      "ephemeral-storage": `${Math.max(0, total.disk)}Mi`,
      pods: String(options.maximumPods),
      ...(total.gpus > 0 ? { "nvidia.com/gpu": String(total.gpus) } : {}),
    },
    operatingSystem: "linux",
    architecture: arm ? "arm64" : "amd64",
    ...(version === undefined ? {} : { runtimeVersion: `nomad://${version}` }),
  };
}

/** Nomad's datacenters may hold `*` for any text. */
function matches(pattern: string, name: string): boolean {
  const escaped = pattern.split("*").map((text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`).test(name);
}
