import type { ResolvedContainer, ResolvedDns, ResolvedPod } from "@vkubelet/core";
import { type FieldAccount, podDns, takesGeneratedFile } from "@vkubelet/pod";
import type { LocalHost, PlannedContainer } from "./process-plan.ts";

type NetworkPlan = Pick<PlannedContainer, "hostname" | "hosts" | "resolver">;

/**
 * What a container is called, and the files with which it finds other hosts, as far as they differ from this machine's;
 * in a root of its own (`ownRoot`) none of this machine's are there.
 */
export function planNetwork(
  pod: ResolvedPod,
  container: ResolvedContainer,
  host: LocalHost,
  ownRoot: boolean,
): NetworkPlan {
  if (host.mounts !== "namespace") return {};
  const named = host.hostname === "own" && !networkOf(pod)?.hostNetwork;
  const hosts = { names: named ? namesOf(pod) : [], aliases: pod.network.hostAliases };
  const hasHosts = ownRoot || hosts.names.length + hosts.aliases.length > 0;
  const resolver = resolverOf(pod, host) ?? (ownRoot ? host.resolver : undefined);
  return {
    ...(named ? { hostname: pod.network.kernelHostname } : {}),
    ...(hasHosts && takesGeneratedFile(container, "/etc/hosts") ? { hosts } : {}),
    ...(resolver !== undefined && takesGeneratedFile(container, "/etc/resolv.conf") ? { resolver } : {}),
  };
}

/** The pod's full name, where it has one, and its hostname. */
function namesOf({ hostname, network }: ResolvedPod): readonly string[] {
  return network.domain === undefined ? [hostname] : [`${hostname}.${network.domain}`, hostname];
}

/** Notes where pods that ask for the cluster's DNS get this machine's, because the host knows no other. */
export function accountForDns(pod: ResolvedPod, host: LocalHost, account: FieldAccount): void {
  const wantsCluster = networkOf(pod)?.dnsPolicy === "ClusterFirstWithHostNet";
  if (wantsCluster && host.mounts === "namespace" && pod.network.dns === undefined) {
    account.approximate("spec.dnsPolicy", "this machine's resolver: the node knows no DNS of the cluster");
  }
}

/** What the host has worked out, else the pod's own settings on top of this machine's. */
function resolverOf(pod: ResolvedPod, host: LocalHost): ResolvedDns | undefined {
  if (pod.network.dns !== undefined) return pod.network.dns;
  const spec = networkOf(pod);
  if (spec?.dnsConfig === undefined && spec?.dnsPolicy !== "None") return undefined;
  return podDns(pod.pod, { clusterDNS: [], host: host.resolver, nodeIPs: [host.address] }, undefined).dns;
}

/** Fields of PodSpec that no other part of this backend reads. */
function networkOf({ pod }: ResolvedPod): NetworkFields | undefined {
  return pod.spec;
}

interface NetworkFields {
  readonly hostNetwork?: boolean;
  readonly dnsPolicy?: string;
  readonly dnsConfig?: object;
}
