import type { ContainerUsage, NodeUsage, PodRef, ResourceUsage } from "@vkubelet/core";
import { nodeTotal, podTotal } from "./sum-usage.ts";

/** The type of the Prometheus text format, as the kubelet names it. */
export const metricsContentType = "text/plain; version=0.0.4; charset=utf-8";

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Milliseconds since the epoch; absent where the value does not age. */
  readonly at?: number;
}

interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/**
 * `/metrics/resource`: names, types and labels as a kubelet's. What was not measured is left out, and so is a container
 * of which metrics-server could use nothing: one without processor time or memory would make it drop the whole pod.
 */
export function renderResourceMetrics(usage: NodeUsage): string {
  const containers = usage.pods.flatMap(({ ref, containers }) =>
    containers.map((container) => ({ container, labels: containerLabels(ref, container) })),
  );
  const pods = usage.pods.flatMap((pod) => {
    const total = podTotal(pod);
    return total === undefined ? [] : [{ total, labels: podLabels(pod.ref) }];
  });
  const node = nodeTotal(usage);
  const nodes = node === undefined ? [] : [{ total: node, labels: {} }];
  const ofContainers = (key: keyof ResourceUsage) =>
    containers.flatMap(({ container, labels }) => sampleOf(container, key, labels));
  const ofTotals = (totals: typeof pods, key: keyof ResourceUsage) =>
    totals.flatMap(({ total, labels }) => sampleOf(total, key, labels));
  const families: readonly Family[] = [
    family(
      "container_cpu_usage_seconds_total",
      "counter",
      "Cumulative cpu time consumed by the container in core-seconds",
      ofContainers("cpuSeconds"),
    ),
    family(
      "container_memory_working_set_bytes",
      "gauge",
      "Current working set of the container in bytes",
      ofContainers("workingSetBytes"),
    ),
    family(
      "container_start_time_seconds",
      "gauge",
      "Start time of the container since unix epoch in seconds",
      containers.map(({ container, labels }) => ({ labels, value: container.startedAt / 1_000 })),
    ),
    family(
      "container_swap_usage_bytes",
      "gauge",
      "Current amount of the container swap usage in bytes. Reported only on non-windows systems",
      ofContainers("swapBytes"),
    ),
    family(
      "node_cpu_usage_seconds_total",
      "counter",
      "Cumulative cpu time consumed by the node in core-seconds",
      ofTotals(nodes, "cpuSeconds"),
    ),
    family(
      "node_memory_working_set_bytes",
      "gauge",
      "Current working set of the node in bytes",
      ofTotals(nodes, "workingSetBytes"),
    ),
    family(
      "node_swap_usage_bytes",
      "gauge",
      "Current swap usage of the node in bytes. Reported only on non-windows systems",
      ofTotals(nodes, "swapBytes"),
    ),
    family(
      "pod_cpu_usage_seconds_total",
      "counter",
      "Cumulative cpu time consumed by the pod in core-seconds",
      ofTotals(pods, "cpuSeconds"),
    ),
    family(
      "pod_memory_working_set_bytes",
      "gauge",
      "Current working set of the pod in bytes",
      ofTotals(pods, "workingSetBytes"),
    ),
    family(
      "pod_swap_usage_bytes",
      "gauge",
      "Current amount of the pod swap usage in bytes. Reported only on non-windows systems",
      ofTotals(pods, "swapBytes"),
    ),
  ];
  return families.map(renderFamily).join("") + renderScrapeError(false);
}

/** What a scrape gets when the usage is not to be had: a kubelet says so in the same two gauges. */
export function renderScrapeError(failed: boolean): string {
  const value = failed ? 1 : 0;
  const help = "1 if there was an error while getting container metrics, 0 otherwise";
  return ["resource_scrape_error", "scrape_error"]
    .map((name) => renderFamily(family(name, "gauge", help, [{ labels: {}, value }])))
    .join("");
}

function family(name: string, type: Family["type"], help: string, samples: readonly Sample[]): Family {
  return { name, type, help, samples };
}

function sampleOf(
  usage: ResourceUsage,
  key: keyof ResourceUsage,
  labels: Readonly<Record<string, string>>,
): readonly Sample[] {
  const value = usage[key];
  return value === undefined ? [] : [{ labels, value, at: usage.at }];
}

function containerLabels(ref: PodRef, { name }: ContainerUsage): Readonly<Record<string, string>> {
  return { container: name, ...podLabels(ref) };
}

function podLabels({ namespace, name }: PodRef): Readonly<Record<string, string>> {
  return { namespace, pod: name };
}

function renderFamily({ name, type, help, samples }: Family): string {
  if (samples.length === 0) return "";
  const lines = samples.map(({ labels, value, at }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
    const braces = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
    return `${name}${braces} ${value}${at === undefined ? "" : ` ${Math.round(at)}`}\n`;
  });
  return `# HELP ${name} [STABLE] ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}
