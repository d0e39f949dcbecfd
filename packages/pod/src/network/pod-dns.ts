import type { Pod, PodNotice, ResolvedDns } from "@vkubelet/core";
import { podDescription } from "../admission/pod-description.ts";
import { namespaceOf } from "../resolve/resolution.ts";
import { encodeText } from "../volumes/object-data.ts";
import { maximumSubdomainLength } from "./dns-name.ts";
import { type NetworkSpec, networkSpecOf } from "./network-spec.ts";

/** What a node knows of DNS. */
export interface NodeDns {
  /** Addresses of the cluster's DNS servers; empty where none is known. */
  readonly clusterDNS: readonly string[];
  /**
   * The node's own resolv.conf, as {@link parseResolvConf} reads it. Undefined where pods are to have nothing of the
   * node's, as for a kubelet with an empty `--resolv-conf`: they then ask the node's loopback address. `backend`: pods
   * that are to resolve names as their node does get that from the backend which runs them.
   */
  readonly host: ResolvedDns | "backend" | undefined;
  /** The node's addresses: their families decide which loopback address stands in for `host`. */
  readonly nodeIPs?: readonly string[] | undefined;
}

/** The DNS of one pod, with what has to be said of it. */
export interface PodDns {
  /** Undefined: the backend's own name resolution is to be used, with dnsConfig on top. */
  readonly dns: ResolvedDns | undefined;
  /** `MissingClusterDNS` and `DNSConfigForming`. */
  readonly warnings: readonly PodNotice[];
}

const maximumServers = 3;
const maximumSearches = 32;
const maximumSearchLength = 2048;

/**
 * What the pod's resolv.conf holds (H4, H5, `GetPodDNS`): by dnsPolicy the cluster's DNS, the node's or nothing, then
 * dnsConfig on top, in which options of a name already there replace it, cut to what resolvers take.
 * Without cluster DNS the policy ClusterFirst acts as Default and says so; without a cluster domain the searches are
 * the node's alone. Options keep the order in which their names came first, where the kubelet has any order.
 */
export function podDns(pod: Pod, node: NodeDns, clusterDomain: string | undefined): PodDns {
  const warnings: PodNotice[] = [];
  const warn = (reason: string, message: string) => warnings.push({ type: "Warning", reason, message });
  const spec = networkSpecOf(pod);
  const base = baseDns(pod, spec, node, clusterDomain, warn);
  if (base === "backend") return { dns: undefined, warnings };
  const composed = spec.dnsConfig ? withConfig(base, spec.dnsConfig) : base;
  return {
    dns: {
      servers: fittingServers(composed.servers, warn),
      searches: fittingSearches(composed.searches, warn),
      options: composed.options,
    },
    warnings,
  };
}

type Warn = (reason: string, message: string) => void;

function baseDns(
  pod: Pod,
  spec: NetworkSpec,
  node: NodeDns,
  clusterDomain: string | undefined,
  warn: Warn,
): ResolvedDns | "backend" {
  const kind = dnsKind(spec);
  if (kind === "none") return { servers: [], searches: [], options: [] };
  if (kind === "cluster" && node.clusterDNS.length > 0) {
    const host = node.host === "backend" ? undefined : node.host;
    const searches = clusterSearches(namespaceOf(pod), clusterDomain, host?.searches ?? []);
    return { servers: node.clusterDNS, searches, options: ["ndots:5"] };
  }
  if (kind === "cluster") {
    const lack = `kubelet does not have ClusterDNS IP configured and cannot create Pod using "ClusterFirst" policy.`;
    const message = `pod: ${JSON.stringify(podDescription(pod))}. ${lack} Falling back to "Default" policy.`;
    warn("MissingClusterDNS", message);
  }
  if (node.host) return node.host;
  const loopbacks = (node.nodeIPs ?? []).map((ip) => (ip.includes(":") ? "::1" : "127.0.0.1"));
  return { servers: loopbacks.length > 0 ? loopbacks : ["127.0.0.1"], searches: ["."], options: [] };
}

function dnsKind({ dnsPolicy, hostNetwork }: NetworkSpec): "cluster" | "host" | "none" {
  if (dnsPolicy === "None") return "none";
  if (dnsPolicy === "Default") return "host";
  const isClusterFirst = dnsPolicy === undefined || dnsPolicy === "ClusterFirst";
  return isClusterFirst && hostNetwork ? "host" : "cluster";
}

function clusterSearches(
  namespace: string,
  domain: string | undefined,
  host: readonly string[],
): readonly string[] {
  if (!domain) return host;
  return [...new Set([`${namespace}.svc.${domain}`, `svc.${domain}`, domain, ...host])];
}

function withConfig(base: ResolvedDns, config: NonNullable<NetworkSpec["dnsConfig"]>): ResolvedDns {
  const options = new Map<string, string>();
  for (const option of base.options) {
    const [name = "", ...value] = option.split(":");
    options.set(name, value.join(":"));
  }
  for (const { name, value } of config.options ?? []) options.set(name ?? "", value ?? "");
  return {
    servers: [...new Set([...base.servers, ...(config.nameservers ?? [])])],
    searches: [...new Set([...base.searches, ...(config.searches ?? [])])],
    options: [...options].map(([name, value]) => (value === "" ? name : `${name}:${value}`)),
  };
}

function fittingServers(servers: readonly string[], warn: Warn): readonly string[] {
  if (servers.length <= maximumServers) return servers;
  const kept = servers.slice(0, maximumServers);
  const exceeded = "Nameserver limits were exceeded, some nameservers have been omitted";
  warn("DNSConfigForming", `${exceeded}, the applied nameserver line is: ${kept.join(" ")}`);
  return kept;
}

function fittingSearches(searches: readonly string[], warn: Warn): readonly string[] {
  // A longer name makes some resolvers abort, so it goes alone.
  const kept = searches
    .slice(0, maximumSearches)
    .filter((search) => byteLength(search) <= maximumSubdomainLength);
  while (byteLength(kept.join(" ")) > maximumSearchLength) kept.pop();
  if (kept.length === searches.length) return searches;
  const exceeded = "Search Line limits were exceeded, some search paths have been omitted";
  warn("DNSConfigForming", `${exceeded}, the applied search line is: ${kept.join(" ")}`);
  return kept;
}

function byteLength(text: string): number {
  return encodeText(text).length;
}
