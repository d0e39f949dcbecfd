import type { Pod } from "@vkubelet/core";
import { namespaceOf } from "../resolve/resolution.ts";
import { networkSpecOf } from "./network-spec.ts";

const maximumLength = 63;
const maximumKernelLength = 64;

/**
 * The hostname by the kubelet's rules (H1): hostnameOverride, else spec.hostname, else the pod's name, cut to 63
 * characters. A pod on the host's network keeps the node's, which is known here by the node's name.
 */
export function hostnameOf(pod: Pod): string {
  const spec = networkSpecOf(pod);
  if (spec.hostnameOverride) return cut(spec.hostnameOverride);
  if (spec.hostNetwork && spec.nodeName) return spec.nodeName;
  return cut(spec.hostname || pod.metadata?.name || "");
}

/**
 * What follows the hostname in the pod's full name (H2): `<subdomain>.<namespace>.svc.<clusterDomain>`. Undefined
 * without a subdomain, with a hostnameOverride, on the host's network, and without a cluster domain.
 */
export function hostDomainOf(pod: Pod, clusterDomain: string | undefined): string | undefined {
  const { hostnameOverride, hostNetwork, subdomain } = networkSpecOf(pod);
  if (hostnameOverride || hostNetwork || !subdomain || !clusterDomain) return undefined;
  return `${subdomain}.${namespaceOf(pod)}.svc.${clusterDomain}`;
}

/**
 * The name for the kernel, which `hostname` prints (H2, `GetNodenameForKernel`): the full name where
 * `setHostnameAsFQDN` asks for it and there is a domain. `fault`, in the kubelet's words, where it is longer than the 64
 * characters that a kernel holds: such a pod never starts.
 */
export function kernelHostname(
  hostname: string,
  domain: string | undefined,
  asFullName: boolean | null | undefined,
): { readonly name: string } | { readonly fault: string } {
  if (!domain || !asFullName) return { name: hostname };
  const name = `${hostname}.${domain}`;
  if (name.length <= maximumKernelLength) return { name };
  const limits = `${maximumKernelLength} characters is the max, ${name.length} characters requested`;
  const failure = "failed to construct FQDN from pod hostname and cluster domain";
  return { fault: `${failure}, FQDN ${name} is too long (${limits})` };
}

function cut(hostname: string): string {
  return hostname.length <= maximumLength ? hostname : hostname.slice(0, maximumLength).replace(/[-.]+$/, "");
}
