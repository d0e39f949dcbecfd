import type { Pod, PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { type DnsVector, kubernetesVectors } from "../testdata/kubernetes-vectors.ts";
import { podDns } from "./pod-dns.ts";
import { parseResolvConf } from "./resolv-conf.ts";

function podOf(spec: object): Pod {
  return {
    metadata: { name: "p", namespace: "ns", uid: "uid-1" },
    spec: { containers: [], ...spec } as PodSpec,
  };
}

const nothing = { servers: [], searches: [], options: [] };

function ofVector(vector: DnsVector) {
  const { policy, config, hostNetwork, resolvConf, clusterDNS, nodeIPs } = vector;
  const host = resolvConf === null ? undefined : parseResolvConf(resolvConf);
  const pod = podOf({ dnsPolicy: policy, hostNetwork, ...(config && { dnsConfig: config }) });
  return podDns(pod, { clusterDNS, host, nodeIPs }, vector.clusterDomain);
}

describe("podDns", () => {
  it("H4: leaves the node's own name resolution to the backend, but not the cluster's", () => {
    const node = { clusterDNS: ["10.96.0.10"], host: "backend" } as const;
    const dnsConfig = { nameservers: ["192.0.2.53"] };
    expect(podDns(podOf({ dnsPolicy: "Default", dnsConfig }), node, "cluster.local").dns).toBeUndefined();
    expect(podDns(podOf({ hostNetwork: true }), node, "cluster.local").dns).toBeUndefined();
    expect(podDns(podOf({ dnsPolicy: "None", dnsConfig }), node, "cluster.local").dns).toEqual({
      servers: ["192.0.2.53"],
      searches: [],
      options: [],
    });
    expect(podDns(podOf({}), node, undefined).dns).toEqual({
      servers: ["10.96.0.10"],
      searches: [],
      options: ["ndots:5"],
    });
    const unknown = podDns(podOf({}), { clusterDNS: [], host: "backend" }, "cluster.local");
    expect(unknown.dns).toBeUndefined();
    expect(unknown.warnings.map(({ reason }) => reason)).toEqual(["MissingClusterDNS"]);
  });

  it("H4, H5: gives what the kubelet gives, with its warnings", () => {
    expect(kubernetesVectors.dns.length).toBeGreaterThan(150);
    for (const vector of kubernetesVectors.dns.filter(({ error }) => error === undefined)) {
      const { dns = nothing, warnings } = ofVector(vector);
      const about = JSON.stringify(vector);
      expect({ ...dns, options: [...dns.options].sort() }, about).toEqual({
        servers: vector.servers,
        searches: vector.searches,
        options: vector.options,
      });
      const ofPod = vector.events.filter((event) => !event.startsWith("Warning MissingClusterDNS kubelet"));
      expect(
        warnings.map(({ type, reason, message }) => `${type} ${reason} ${message}`),
        about,
      ).toEqual(ofPod);
    }
  });

  it("H4: fails where the kubelet fails over the node's file", () => {
    const failing = kubernetesVectors.dns.filter(({ error }) => error !== undefined);
    expect(failing.length).toBeGreaterThan(0);
    for (const vector of failing) expect(() => ofVector(vector)).toThrow(vector.error);
  });

  it("H4: no policy is ClusterFirst, which is Default on the host's network", () => {
    const node = { clusterDNS: ["10.96.0.10"], host: parseResolvConf("nameserver 10.0.0.1\nsearch corp\n") };
    expect(podDns(podOf({}), node, "cluster.local")).toEqual({
      dns: {
        servers: ["10.96.0.10"],
        searches: ["ns.svc.cluster.local", "svc.cluster.local", "cluster.local", "corp"],
        options: ["ndots:5"],
      },
      warnings: [],
    });
    expect(podDns(podOf({ hostNetwork: true }), node, "cluster.local").dns).toEqual(node.host);
  });

  it("H5: options keep the order in which their names came first", () => {
    const node = { clusterDNS: [], host: parseResolvConf("options rotate ndots:2\n") };
    const options = [{ name: "edns0" }, { name: "rotate", value: "" }, { name: "ndots", value: "1" }];
    expect(
      podDns(podOf({ dnsPolicy: "Default", dnsConfig: { options } }), node, undefined).dns?.options,
    ).toEqual(["rotate", "ndots:1", "edns0"]);
  });
});
