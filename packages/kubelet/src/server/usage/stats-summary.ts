import type {
  ContainerUsage,
  NetworkUsage,
  NodeUsage,
  PodUsage,
  ResourceUsage,
  StorageUsage,
} from "@vkubelet/core";
import { nodeTotal, podTotal } from "./sum-usage.ts";

/** Options of {@link statsSummary}. */
export interface StatsSummaryOptions {
  readonly nodeName: string;
  /** Nothing but processor and memory, as `?only_cpu_and_memory=true` asks for. */
  readonly onlyCpuAndMemory: boolean;
}

/** `/stats/summary`, `k8s.io/kubelet/pkg/apis/stats/v1alpha1`: what is not measured is not there. */
export function statsSummary(usage: NodeUsage, { nodeName, onlyCpuAndMemory }: StatsSummaryOptions): object {
  const all = !onlyCpuAndMemory;
  return {
    node: {
      nodeName,
      ...time("startTime", usage.startedAt),
      ...resources(nodeTotal(usage)),
      ...(all ? networkOf(usage.network) : {}),
      ...(all && usage.storage !== undefined ? { fs: storage(usage.storage) } : {}),
    },
    pods: usage.pods.map((pod) => podStats(pod, all)),
  };
}

function podStats(pod: PodUsage, all: boolean): object {
  const { namespace, name, uid } = pod.ref;
  return {
    podRef: { name, namespace, uid },
    ...time("startTime", pod.startedAt),
    containers: pod.containers.map((container) => containerStats(container, all)),
    ...resources(podTotal(pod)),
    ...(all ? networkOf(pod.network) : {}),
    ...(all && pod.volumes !== undefined
      ? { volume: pod.volumes.map((volume) => ({ ...storage(volume), name: volume.name })) }
      : {}),
    ...(all && pod.storage !== undefined ? { "ephemeral-storage": storage(pod.storage) } : {}),
    ...(pod.processes === undefined ? {} : { process_stats: { process_count: pod.processes } }),
  };
}

function containerStats(container: ContainerUsage, all: boolean): object {
  return {
    name: container.name,
    ...time("startTime", container.startedAt),
    ...resources(container),
    ...(all && container.writable !== undefined ? { rootfs: storage(container.writable) } : {}),
    ...(all && container.logs !== undefined ? { logs: storage(container.logs) } : {}),
  };
}

/** Parts of which nothing is measured are left out, as a kubelet does. */
function resources(usage: ResourceUsage | undefined): object {
  if (usage === undefined) return {};
  const { at, cpuSeconds, workingSetBytes, memoryBytes, residentBytes, swapBytes } = usage;
  const memory = {
    ...whole("usageBytes", memoryBytes),
    ...whole("workingSetBytes", workingSetBytes),
    ...whole("rssBytes", residentBytes),
  };
  return {
    ...(cpuSeconds === undefined
      ? {}
      : { cpu: { ...time("time", at), ...whole("usageCoreNanoSeconds", cpuSeconds * 1e9) } }),
    ...(Object.keys(memory).length === 0 ? {} : { memory: { ...time("time", at), ...memory } }),
    ...(swapBytes === undefined
      ? {}
      : { swap: { ...time("time", at), ...whole("swapUsageBytes", swapBytes) } }),
  };
}

/** The first interface is the default one, whose figures stand beside the list as well. */
function networkOf(interfaces: readonly NetworkUsage[] | undefined): object {
  const [first] = interfaces ?? [];
  if (first === undefined) return {};
  return {
    network: {
      ...time("time", first.at),
      ...interfaceStats(first),
      interfaces: interfaces?.map(interfaceStats),
    },
  };
}

function interfaceStats(usage: NetworkUsage): object {
  return {
    name: usage.interface,
    ...whole("rxBytes", usage.receivedBytes),
    ...whole("rxErrors", usage.receiveErrors),
    ...whole("txBytes", usage.sentBytes),
    ...whole("txErrors", usage.sendErrors),
  };
}

function storage(usage: StorageUsage): object {
  return {
    ...time("time", usage.at),
    ...whole("availableBytes", usage.availableBytes),
    ...whole("capacityBytes", usage.capacityBytes),
    ...whole("usedBytes", usage.usedBytes),
    ...whole("inodesUsed", usage.usedInodes),
  };
}

/** All numbers of the summary are unsigned integers. */
function whole(name: string, value: number | undefined): object {
  return value === undefined ? {} : { [name]: Math.max(0, Math.round(value)) };
}

function time(name: string, at: number | undefined): object {
  return at === undefined ? {} : { [name]: `${new Date(at).toISOString().slice(0, 19)}Z` };
}
