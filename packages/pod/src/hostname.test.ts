import type { PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { hostnameOf } from "./hostname.ts";

const hostname = (name: string, spec: Partial<PodSpec> & { hostnameOverride?: string } = {}) =>
  hostnameOf({ metadata: { name }, spec: { containers: [], ...spec } });

describe("hostnameOf", () => {
  it("H1: override, else hostname, else the pod's name", () => {
    expect(hostname("p")).toBe("p");
    expect(hostname("p", { hostname: "h" })).toBe("h");
    expect(hostname("p", { hostname: "h", hostnameOverride: "o.example" })).toBe("o.example");
  });

  it("H1: cut to 63 characters, without dashes and dots at the cut", () => {
    expect(hostname("x".repeat(70))).toBe("x".repeat(63));
    expect(hostname("p", { hostnameOverride: "o".repeat(64) })).toBe("o".repeat(63));
    expect(hostname(`${"x".repeat(61)}-.yy`)).toBe("x".repeat(61));
  });

  it("H1: a pod on the host's network keeps the node's name", () => {
    expect(hostname("p", { hostNetwork: true, nodeName: "n", hostname: "h" })).toBe("n");
    expect(hostname("p", { hostNetwork: true })).toBe("p");
  });
});
