import type { NodeUsage } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { renderResourceMetrics, renderScrapeError } from "./resource-metrics.ts";
import { statsSummary } from "./stats-summary.ts";

const at = Date.parse("2026-01-02T03:04:05.678Z");
const usage: NodeUsage = {
  pods: [
    {
      ref: { namespace: "a", name: "p", uid: "u" },
      startedAt: at - 60_000,
      containers: [
        {
          name: "c",
          startedAt: at - 50_000,
          at,
          cpuSeconds: 1.5,
          workingSetBytes: 1_000,
          memoryBytes: 2_000,
        },
        { name: "d", startedAt: at - 40_500, at: at - 1, cpuSeconds: 0.25, workingSetBytes: 24.4 },
      ],
      network: [{ at, interface: "eth0", receivedBytes: 5, sentBytes: 6 }],
      storage: { at, usedBytes: 7, capacityBytes: 70 },
      volumes: [{ at, name: "data", usedBytes: 8 }],
      processes: 3,
    },
    { ref: { namespace: "a", name: "unmeasured", uid: "v" }, containers: [] },
  ],
};

describe("/metrics/resource", () => {
  it("has the kubelet's families, with the time of each sample in milliseconds", () => {
    expect(
      renderResourceMetrics(usage),
    ).toBe(`# HELP container_cpu_usage_seconds_total [STABLE] Cumulative cpu time consumed by the container in core-seconds
# TYPE container_cpu_usage_seconds_total counter
container_cpu_usage_seconds_total{container="c",namespace="a",pod="p"} 1.5 ${at}
container_cpu_usage_seconds_total{container="d",namespace="a",pod="p"} 0.25 ${at - 1}
# HELP container_memory_working_set_bytes [STABLE] Current working set of the container in bytes
# TYPE container_memory_working_set_bytes gauge
container_memory_working_set_bytes{container="c",namespace="a",pod="p"} 1000 ${at}
container_memory_working_set_bytes{container="d",namespace="a",pod="p"} 24.4 ${at - 1}
# HELP container_start_time_seconds [STABLE] Start time of the container since unix epoch in seconds
# TYPE container_start_time_seconds gauge
container_start_time_seconds{container="c",namespace="a",pod="p"} ${(at - 50_000) / 1_000}
container_start_time_seconds{container="d",namespace="a",pod="p"} ${(at - 40_500) / 1_000}
# HELP node_cpu_usage_seconds_total [STABLE] Cumulative cpu time consumed by the node in core-seconds
# TYPE node_cpu_usage_seconds_total counter
node_cpu_usage_seconds_total 1.75 ${at - 1}
# HELP node_memory_working_set_bytes [STABLE] Current working set of the node in bytes
# TYPE node_memory_working_set_bytes gauge
node_memory_working_set_bytes 1024.4 ${at - 1}
# HELP pod_cpu_usage_seconds_total [STABLE] Cumulative cpu time consumed by the pod in core-seconds
# TYPE pod_cpu_usage_seconds_total counter
pod_cpu_usage_seconds_total{namespace="a",pod="p"} 1.75 ${at - 1}
# HELP pod_memory_working_set_bytes [STABLE] Current working set of the pod in bytes
# TYPE pod_memory_working_set_bytes gauge
pod_memory_working_set_bytes{namespace="a",pod="p"} 1024.4 ${at - 1}
${renderScrapeError(false)}`);
  });

  it("says when the usage could not be had", () => {
    expect(renderScrapeError(true)).toContain("\nresource_scrape_error 1\n");
  });
});

describe("/stats/summary", () => {
  it("has what is measured, in whole numbers", () => {
    expect(statsSummary(usage, { nodeName: "n", onlyCpuAndMemory: false })).toEqual({
      node: {
        nodeName: "n",
        cpu: { time: "2026-01-02T03:04:05Z", usageCoreNanoSeconds: 1_750_000_000 },
        memory: { time: "2026-01-02T03:04:05Z", usageBytes: 2_000, workingSetBytes: 1_024 },
      },
      pods: [
        {
          podRef: { name: "p", namespace: "a", uid: "u" },
          startTime: "2026-01-02T03:03:05Z",
          containers: [
            {
              name: "c",
              startTime: "2026-01-02T03:03:15Z",
              cpu: { time: "2026-01-02T03:04:05Z", usageCoreNanoSeconds: 1_500_000_000 },
              memory: { time: "2026-01-02T03:04:05Z", usageBytes: 2_000, workingSetBytes: 1_000 },
            },
            {
              name: "d",
              startTime: "2026-01-02T03:03:25Z",
              cpu: { time: "2026-01-02T03:04:05Z", usageCoreNanoSeconds: 250_000_000 },
              memory: { time: "2026-01-02T03:04:05Z", workingSetBytes: 24 },
            },
          ],
          cpu: { time: "2026-01-02T03:04:05Z", usageCoreNanoSeconds: 1_750_000_000 },
          memory: { time: "2026-01-02T03:04:05Z", usageBytes: 2_000, workingSetBytes: 1_024 },
          network: {
            time: "2026-01-02T03:04:05Z",
            name: "eth0",
            rxBytes: 5,
            txBytes: 6,
            interfaces: [{ name: "eth0", rxBytes: 5, txBytes: 6 }],
          },
          volume: [{ time: "2026-01-02T03:04:05Z", usedBytes: 8, name: "data" }],
          "ephemeral-storage": { time: "2026-01-02T03:04:05Z", capacityBytes: 70, usedBytes: 7 },
          process_stats: { process_count: 3 },
        },
        { podRef: { name: "unmeasured", namespace: "a", uid: "v" }, containers: [] },
      ],
    });
  });

  it("leaves out the rest when only processor and memory are asked for", () => {
    const summary = JSON.stringify(statsSummary(usage, { nodeName: "n", onlyCpuAndMemory: true }));
    for (const word of ["network", "volume", "ephemeral-storage"]) expect(summary).not.toContain(word);
  });
});
