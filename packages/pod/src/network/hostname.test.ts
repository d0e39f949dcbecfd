import type { PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { kubernetesVectors } from "../testdata/kubernetes-vectors.ts";
import { hostDomainOf, hostnameOf, kernelHostname } from "./hostname.ts";

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

describe("hostDomainOf", () => {
  const domain = (spec: Partial<PodSpec> & { hostnameOverride?: string }, clusterDomain?: string) =>
    hostDomainOf(
      { metadata: { name: "p", namespace: "ns" }, spec: { containers: [], ...spec } },
      clusterDomain,
    );

  it("H2: subdomain, namespace and cluster domain", () => {
    expect(domain({ subdomain: "sub" }, "cluster.local")).toBe("sub.ns.svc.cluster.local");
  });

  it("H1, H2: none without a subdomain, with an override, on the host's network, without a cluster domain", () => {
    expect(domain({}, "cluster.local")).toBeUndefined();
    expect(domain({ subdomain: "sub", hostnameOverride: "o" }, "cluster.local")).toBeUndefined();
    expect(domain({ subdomain: "sub", hostNetwork: true }, "cluster.local")).toBeUndefined();
    expect(domain({ subdomain: "sub" })).toBeUndefined();
  });
});

it("H2: the kernel's hostname is the kubelet's, and so is its error above 64 characters", () => {
  const tooLong = kubernetesVectors.fqdn.filter(({ error }) => error !== undefined);
  expect(tooLong.length).toBeGreaterThan(0);
  for (const { hostname: short, domain, asFQDN, kernel, error } of kubernetesVectors.fqdn) {
    const expected = error === undefined ? { name: kernel } : { fault: error };
    expect(kernelHostname(short, domain, asFQDN), `${short}.${domain}`).toEqual(expected);
  }
});
