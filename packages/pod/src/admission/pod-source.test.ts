import type { Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { isCriticalPod, isMirrorPod, isStaticPod, mayPreempt, podPriority } from "./pod-source.ts";

const annotated = (name: string, value: string): Pod => ({
  metadata: { annotations: { [`kubernetes.io/config.${name}`]: value } },
});
const withSpec = (fields: object): Pod => ({ spec: { containers: [], ...fields } });

describe("where a pod came from", () => {
  it("U1: a source other than the API server makes a static pod, config.mirror its picture", () => {
    expect(["file", "http", "api"].map((value) => isStaticPod(annotated("source", value)))).toEqual([
      true,
      true,
      false,
    ]);
    expect(isStaticPod({})).toBe(false);
    expect(isMirrorPod(annotated("mirror", ""))).toBe(true);
    expect(isMirrorPod(annotated("hash", "x"))).toBe(false);
  });

  it("U1: critical are static and mirror pods, and a priority from 2000000000 on, not a class's name", () => {
    expect(isCriticalPod(annotated("source", "file"))).toBe(true);
    expect(isCriticalPod(annotated("mirror", "x"))).toBe(true);
    expect(isCriticalPod(withSpec({ priority: 2_000_000_000 }))).toBe(true);
    expect(isCriticalPod(withSpec({ priority: 1_999_999_999 }))).toBe(false);
    expect(isCriticalPod(withSpec({ priorityClassName: "system-node-critical" }))).toBe(false);
  });
});

describe("podPriority", () => {
  it("is what admission resolved, else that of a system class, else 0", () => {
    expect(podPriority(withSpec({ priority: -5, priorityClassName: "system-node-critical" }))).toBe(-5);
    expect(podPriority(withSpec({ priorityClassName: "system-node-critical" }))).toBe(2_000_001_000);
    expect(podPriority(withSpec({ priorityClassName: "system-cluster-critical" }))).toBe(2_000_000_000);
    expect(podPriority(withSpec({ priorityClassName: "mine" }))).toBe(0);
    expect(podPriority({})).toBe(0);
  });
});

describe("mayPreempt", () => {
  it("lets critical pods displace others, and a known priority a known lower one", () => {
    expect(mayPreempt(annotated("source", "file"), withSpec({}))).toBe(true);
    expect(mayPreempt(withSpec({ priority: 2 }), withSpec({ priority: 1 }))).toBe(true);
    expect(mayPreempt(withSpec({ priority: 1 }), withSpec({ priority: 1 }))).toBe(false);
    expect(mayPreempt(withSpec({ priority: 1 }), withSpec({}))).toBe(false);
  });
});
