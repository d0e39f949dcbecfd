import type { ResolvedContainer, ResolvedDns, ResolvedPod } from "@vkubelet/core";
import { type FieldAccount, podDns, takesGeneratedFile } from "@vkubelet/pod";
import type { LocalHost, PlannedContainer } from "./process-plan.ts";

type NetworkFiles = Pick<PlannedContainer, "hostAliases" | "resolver">;

/** The files with which a container finds other hosts, as far as they differ from this machine's. */
export function planNetworkFiles(
  pod: ResolvedPod,
  container: ResolvedContainer,
  host: LocalHost,
): NetworkFiles {
  if (host.mounts !== "namespace") return {};
  const { hostAliases } = pod.network;
  const resolver = resolverOf(pod, host);
  return {
    ...(hostAliases.length > 0 && takesGeneratedFile(container, "/etc/hosts") ? { hostAliases } : {}),
    ...(resolver !== undefined && takesGeneratedFile(container, "/etc/resolv.conf") ? { resolver } : {}),
  };
}

/** Notes where pods that ask for the cluster's DNS get this machine's, because the host knows no other. */
export function accountForDns(pod: ResolvedPod, host: LocalHost, account: FieldAccount): void {
  const wantsCluster = dnsSpecOf(pod)?.dnsPolicy === "ClusterFirstWithHostNet";
  if (wantsCluster && host.mounts === "namespace" && pod.network.dns === undefined) {
    account.approximate("spec.dnsPolicy", "this machine's resolver: the node knows no DNS of the cluster");
  }
}

/** What the host has worked out, else the pod's own settings on top of this machine's. */
function resolverOf(pod: ResolvedPod, host: LocalHost): ResolvedDns | undefined {
  if (pod.network.dns !== undefined) return pod.network.dns;
  const spec = dnsSpecOf(pod);
  if (spec?.dnsConfig === undefined && spec?.dnsPolicy !== "None") return undefined;
  return podDns(pod.pod, { clusterDNS: [], host: host.resolver, nodeIPs: [host.address] }, undefined).dns;
}

/** Fields of PodSpec that no other part of this backend reads. */
function dnsSpecOf({ pod }: ResolvedPod) {
  return pod.spec as { readonly dnsPolicy?: string; readonly dnsConfig?: object } | undefined;
}
