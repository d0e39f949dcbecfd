import type { Container, Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { fieldFileText, fieldValue, resourceFieldValue } from "./downward-api.ts";

const pod: Pod = {
  metadata: {
    name: "p",
    namespace: "ns",
    uid: "u-1",
    labels: { zone: "b", app: "web" },
    annotations: { "example.com/note": 'a "b"\n\tc\\', "plain's": "x" },
  },
  spec: { containers: [], nodeName: "n1", serviceAccountName: "robot" },
};
const nodeAllocatable = { cpu: "3500m", memory: "7Gi", "ephemeral-storage": "20Gi", "hugepages-2Mi": "1Gi" };

describe("fields", () => {
  it("D1: what environment variables may read", () => {
    const texts: Record<string, string> = {
      "metadata.name": "p",
      "metadata.namespace": "ns",
      "metadata.uid": "u-1",
      "metadata.labels['app']": "web",
      "metadata.annotations['plain's']": "x",
      "spec.nodeName": "n1",
      "spec.serviceAccountName": "robot",
    };
    for (const [path, text] of Object.entries(texts)) {
      expect(fieldValue(pod, path), path).toEqual({ parts: [text], secret: false });
    }
    expect(fieldValue({ spec: { containers: [] } }, "spec.serviceAccountName").parts).toEqual(["default"]);
  });

  it("D1: addresses are late, even when the status holds one", () => {
    const placed = { ...pod, status: { podIP: "10.1.1.1", hostIP: "10.2.2.2" } };
    for (const late of ["status.podIP", "status.podIPs", "status.hostIP", "status.hostIPs"]) {
      expect(fieldValue(placed, late)).toEqual({ parts: [{ late }], secret: false });
    }
  });

  it("D1: whole maps and other paths are InvalidInput", () => {
    for (const path of [
      "metadata.labels",
      "metadata.annotations",
      "spec.hostname",
      "metadata.labels['']",
      "",
    ]) {
      expect(() => fieldValue(pod, path), path).toThrow(/cannot be read/);
    }
  });

  it("D2: what files may read, nothing from spec or status", () => {
    expect(fieldFileText(pod, "metadata.uid")).toBe("u-1");
    expect(fieldFileText(pod, "metadata.labels['zone']")).toBe("b");
    for (const path of ["spec.nodeName", "status.podIP", "metadata.creationTimestamp"]) {
      expect(() => fieldFileText(pod, path), path).toThrow(/a file of a volume/);
    }
  });

  it("D3: a missing key is an empty string", () => {
    expect(fieldValue(pod, "metadata.labels['nope']").parts).toEqual([""]);
    expect(fieldValue(pod, "metadata.labels['toString']").parts).toEqual([""]);
    expect(fieldFileText({}, "metadata.annotations['nope']")).toBe("");
  });

  it("D3: whole maps are sorted lines with Go-quoted values", () => {
    expect(fieldFileText(pod, "metadata.labels")).toBe('app="web"\nzone="b"');
    expect(fieldFileText(pod, "metadata.annotations")).toBe(
      'example.com/note="a \\"b\\"\\n\\tc\\\\"\nplain\'s="x"',
    );
    expect(fieldFileText({}, "metadata.labels")).toBe("");
    const odd = { metadata: { annotations: { k: "\u0001\u007f\u00a0é\u{1F600}\u{E0001}\ud800\u0007" } } };
    expect(fieldFileText(odd, "metadata.annotations")).toBe('k="\\x01\\x7f\\u00a0é😀\\U000e0001\ufffd\\a"');
  });
});

describe("resourceFieldValue", () => {
  const container: Container = {
    name: "c",
    resources: { limits: { cpu: "1500m", memory: "100Mi" }, requests: { cpu: "250m" } },
  };
  const value = (resource: string, divisor?: string, of: Container = container) =>
    resourceFieldValue(of, { resource, ...(divisor !== undefined && { divisor }) }, { nodeAllocatable });

  it("D4: the amount in divisors, rounded up", () => {
    expect(value("limits.cpu")).toBe("2");
    expect(value("limits.cpu", "0")).toBe("2");
    expect(value("limits.cpu", "1m")).toBe("1500");
    expect(value("limits.memory", "1Mi")).toBe("100");
    expect(value("limits.memory")).toBe("104857600");
    expect(value("requests.cpu", "1m")).toBe("250");
    expect(() => value("limits.pods")).toThrow(/cannot be read/);
    expect(() => value("cpu")).toThrow(/cannot be read/);
  });

  it("D5: a missing limit is the node's allocatable, a missing request 0", () => {
    const bare: Container = { name: "bare" };
    expect(value("limits.cpu", "1m", bare)).toBe("3500");
    expect(value("limits.memory", "1Gi", bare)).toBe("7");
    expect(value("limits.ephemeral-storage", "1Gi", bare)).toBe("20");
    expect(value("limits.hugepages-2Mi", "1", bare)).toBe("0");
    expect(value("requests.cpu", "1m", bare)).toBe("0");
    expect(value("requests.memory", "1Mi")).toBe("100");
    expect(value("limits.cpu", "1", { name: "z", resources: { limits: { cpu: 0 } } })).toBe("4");
  });

  it("D5: the pod-level limit stands before the node's allocatable where it is given", () => {
    const fallbacks = { podLimits: { cpu: "2", "ephemeral-storage": "1Gi" }, nodeAllocatable };
    const storage = { resource: "limits.ephemeral-storage", divisor: "1Gi" };
    expect(resourceFieldValue({ name: "bare" }, storage, fallbacks)).toBe("20");
    expect(resourceFieldValue({ name: "bare" }, { resource: "limits.cpu" }, fallbacks)).toBe("2");
    expect(resourceFieldValue(container, { resource: "limits.cpu", divisor: "1m" }, fallbacks)).toBe("1500");
  });

  it("D6: only these divisors", () => {
    for (const divisor of [
      "1",
      "1k",
      "1M",
      "1G",
      "1T",
      "1P",
      "1E",
      "1Ki",
      "1Mi",
      "1Gi",
      "1Ti",
      "1Pi",
      "1Ei",
    ]) {
      expect(value("limits.memory", divisor), divisor).toMatch(/^\d+$/);
    }
    for (const divisor of ["10", "1m", "2Mi"])
      expect(() => value("limits.memory", divisor)).toThrow(/divisor/);
    for (const divisor of ["1k", "10m", "-1"]) expect(() => value("limits.cpu", divisor)).toThrow(/divisor/);
  });
});
