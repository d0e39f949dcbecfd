import type { Container, PodSpec, ResourceList } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import {
  bytesOf,
  ceilMiB,
  containerResources,
  effectiveResources,
  milliCpu,
  podLevelLimits,
} from "./resources.ts";

const requesting = (name: string, requests: ResourceList, more: Partial<Container> = {}): Container => ({
  name,
  resources: { requests },
  ...more,
});
const sidecar = { restartPolicy: "Always" } as const;
const requestsOf = (spec: PodSpec) => texts(effectiveResources(spec).requests);
const limitsOf = (spec: PodSpec) => texts(effectiveResources(spec).limits);
const texts = (amounts: ReadonlyMap<string, { toString(): string }>) =>
  Object.fromEntries([...amounts].map(([name, amount]) => [name, amount.toString()]));

describe("containerResources", () => {
  it("E1: a missing request is the limit of the same resource", () => {
    const container: Container = {
      name: "c",
      resources: { requests: { cpu: "0.1" }, limits: { cpu: 1, memory: "1024Mi" } },
    };
    expect(containerResources(container)).toEqual({
      requests: { cpu: "100m", memory: "1Gi" },
      limits: { cpu: "1", memory: "1Gi" },
    });
    expect(containerResources({ name: "c" })).toEqual({ requests: {}, limits: {} });
  });

  it("Q4: every entry rounds up to milli, memory too", () => {
    const { requests } = containerResources(requesting("c", { cpu: "0.0001", memory: "100u" }));
    expect(requests).toEqual({ cpu: "1m", memory: "1m" });
  });

  it("names the path of a quantity that cannot be read", () => {
    const spec: PodSpec = { containers: [{ name: "a" }, requesting("b", { memory: "1gb" })] };
    expect(() => effectiveResources(spec)).toThrow(
      expect.objectContaining({
        code: "InvalidInput",
        issues: [
          { path: "spec.containers[1].resources.requests.memory", message: expect.stringContaining("1gb") },
        ],
      }),
    );
  });
});

describe("effectiveResources", () => {
  it("E1: a missing pod-level request is the containers' aggregate, else the pod-level limit", () => {
    const containers = [requesting("a", { cpu: "1" }), requesting("b", { cpu: "500m" })];
    const resources = { limits: { cpu: "4", memory: "2Gi" } };
    expect(requestsOf({ containers, resources })).toEqual({ cpu: "1500m", memory: "2Gi" });
    const huge = [requesting("a", { "hugepages-2Mi": "2Mi" })];
    expect(requestsOf({ containers: huge, resources: { limits: { "hugepages-2Mi": "8Mi" } } })).toEqual({
      "hugepages-2Mi": "8Mi",
    });
  });

  it("E1: a missing pod-level request is rounded only after the containers are added up", () => {
    const containers = [requesting("a", { memory: "285800u" }), requesting("b", { memory: "1000100u" })];
    expect(requestsOf({ containers, resources: { limits: { cpu: "1" } } })["memory"]).toBe("1286m");
    expect(requestsOf({ containers })["memory"]).toBe("1287m");
  });

  it("E1: huge pages of containers limit a pod that has resources of its own", () => {
    const huge: Container = { name: "a", resources: { limits: { "hugepages-2Mi": "4Mi" } } };
    const containers = [huge, requesting("b", { cpu: "5" })];
    const limits = (spec: PodSpec) => texts(podLevelLimits(spec));
    expect(limits({ containers, resources: { requests: { memory: "1Gi" } } })).toEqual({
      "hugepages-2Mi": "4Mi",
    });
    expect(limits({ containers, resources: { requests: { "hugepages-2Mi": "2Mi" } } })).toEqual({});
    expect(limits({ containers, resources: {} })).toEqual({});
    expect(limits({ containers })).toEqual({});
  });

  it("E2: the sum of sidecars prints in the family of the first", () => {
    const initContainers = [
      requesting("a", { memory: "1Gi" }, sidecar),
      requesting("b", { memory: "1e9" }, sidecar),
      requesting("c", {}),
    ];
    expect(requestsOf({ containers: [], initContainers })["memory"]).toBe("2073741824");
  });

  it("E2: a sidecar counts with the containers and with the init containers after it", () => {
    const containers = [requesting("m", { cpu: "100m", memory: "1Gi" })];
    const initContainers = [
      requesting("first", { memory: "3Gi" }),
      requesting("side", { cpu: "200m", memory: "512Mi" }, sidecar),
      requesting("last", { cpu: "150m", memory: "1Gi" }),
    ];
    expect(requestsOf({ containers, initContainers })).toEqual({ cpu: "350m", memory: "3Gi" });
  });

  it("E3: pod-level requests replace the aggregate for exactly the resources that they name", () => {
    const containers = [requesting("m", { cpu: "1", memory: "1Gi", "ephemeral-storage": "1Gi" })];
    const resources = { requests: { cpu: "3", "hugepages-2Mi": "4Mi", "ephemeral-storage": "9Gi" } };
    expect(requestsOf({ containers, resources })).toEqual({
      cpu: "3",
      memory: "1Gi",
      "ephemeral-storage": "1Gi",
      "hugepages-2Mi": "4Mi",
    });
  });

  it("E4: overhead counts for requests always, for limits only where there is one", () => {
    const containers: Container[] = [{ name: "m", resources: { limits: { cpu: "1", memory: "0" } } }];
    const spec: PodSpec = { containers, overhead: { cpu: "250m", memory: "64Mi", pids: 5 } };
    expect(requestsOf(spec)).toEqual({ cpu: "1250m", memory: "64Mi", pids: "5" });
    expect(limitsOf(spec)).toEqual({ cpu: "1250m", memory: "0" });
  });

  it("E5: limits use the same formula, a container without one adds nothing", () => {
    const containers: Container[] = [{ name: "a", resources: { limits: { cpu: "1" } } }, { name: "b" }];
    const initContainers: Container[] = [{ name: "i", resources: { limits: { cpu: "2", memory: "1Gi" } } }];
    expect(limitsOf({ containers, initContainers })).toEqual({ cpu: "2", memory: "1Gi" });
    const resources = { limits: { cpu: "8" } };
    expect(limitsOf({ containers, initContainers, resources })).toEqual({ cpu: "8", memory: "1Gi" });
  });

  it("E6: the worked example", () => {
    const containers = [requesting("x", { cpu: "500m" }), requesting("y", { cpu: "500m" })];
    const a = requesting("a", { cpu: "2" });
    const s = requesting("s", { cpu: "1" }, sidecar);
    const b = requesting("b", { cpu: "1" });
    expect(requestsOf({ containers, initContainers: [a, s, b] })).toEqual({ cpu: "2" });
    expect(requestsOf({ containers, initContainers: [s, a, b] })).toEqual({ cpu: "3" });
  });

  it("E7: ephemeral containers and missing requests count nothing", () => {
    const spec: PodSpec = {
      containers: [{ name: "m" }, requesting("n", { cpu: "10m" })],
      ephemeralContainers: [requesting("debug", { cpu: "4" })],
    };
    expect(requestsOf(spec)).toEqual({ cpu: "10m" });
    expect(requestsOf({ containers: [{ name: "m" }] })).toEqual({});
  });
});

describe("reading a resource list", () => {
  it("E8: MiB go up, never down", () => {
    expect(ceilMiB(0n)).toBe(0n);
    expect(ceilMiB(1n)).toBe(1n);
    expect(ceilMiB(1_048_576n)).toBe(1n);
    expect(ceilMiB(1_048_577n)).toBe(2n);
  });

  it("Q5: reads millicores and bytes", () => {
    expect(milliCpu({ cpu: "1.5" })).toBe(1500n);
    expect(milliCpu(undefined)).toBe(0n);
    expect(bytesOf({ memory: "100m" }, "memory")).toBe(1n);
    expect(bytesOf({ memory: "1Gi" }, "ephemeral-storage")).toBe(0n);
  });
});
