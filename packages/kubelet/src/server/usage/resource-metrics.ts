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

/** What is told of each container, each pod and the node. */
interface Measure {
  readonly suffix: string;
  readonly type: Family["type"];
  readonly key: keyof ResourceUsage;
  readonly help: (of: string) => string;
}

const measures: readonly Measure[] = [
  {
    suffix: "cpu_usage_seconds_total",
    type: "counter",
    key: "cpuSeconds",
    help: (of) => `Cumulative cpu time consumed by the ${of} in core-seconds`,
  },
  {
    suffix: "memory_working_set_bytes",
    type: "gauge",
    key: "workingSetBytes",
    help: (of) => `Current working set of the ${of} in bytes`,
  },
  {
    suffix: "swap_usage_bytes",
    type: "gauge",
    key: "swapBytes",
    help: (of) => {
      const what = of === "node" ? "swap usage of the node" : `amount of the ${of} swap usage`;
      return `Current ${what} in bytes. Reported only on non-windows systems`;
    },
  },
];

/** Something whose usage is told, and by which labels it is known. */
interface Measured {
  readonly usage: ResourceUsage;
  readonly labels: Sample["labels"];
}

/** `/metrics/resource`: names, types and labels as a kubelet's. What was not measured is left out. */
export function renderResourceMetrics(usage: NodeUsage): string {
  const containers = usage.pods.flatMap(({ ref, containers }) =>
    containers.map((container) => ({ container, labels: containerLabels(ref, container) })),
  );
  const pods = usage.pods.flatMap((pod) => measured(podTotal(pod), podLabels(pod.ref)));
  const families: readonly Family[] = [
    ...familiesOf(
      "container",
      containers.map(({ container, labels }) => ({ usage: container, labels })),
    ),
    family(
      "container_start_time_seconds",
      "gauge",
      "Start time of the container since unix epoch in seconds",
      containers.map(({ container, labels }) => ({ labels, value: container.startedAt / 1_000 })),
    ),
    ...familiesOf("pod", pods),
    ...familiesOf("node", measured(nodeTotal(usage), {})),
  ];
  // As Prometheus' own libraries write them.
  const sorted = families.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return sorted.map(renderFamily).join("") + renderScrapeError(false);
}

function measured(usage: ResourceUsage | undefined, labels: Sample["labels"]): readonly Measured[] {
  return usage === undefined ? [] : [{ usage, labels }];
}

function familiesOf(of: "container" | "pod" | "node", all: readonly Measured[]): readonly Family[] {
  return measures.map(({ suffix, type, key, help }) =>
    family(
      `${of}_${suffix}`,
      type,
      help(of),
      all.flatMap(({ usage, labels }) => sampleOf(usage, key, labels)),
    ),
  );
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
