import type { Pod, ResolvedNetwork } from "@vkubelet/core";
import type { Resolution, ResolveInputs } from "../resolve/resolution.ts";
import { labelFault, subdomainFault } from "./dns-name.ts";
import { hostDomainOf, hostnameOf, kernelHostname } from "./hostname.ts";
import { type NetworkSpec, networkSpecOf } from "./network-spec.ts";
import { podDns } from "./pod-dns.ts";

/**
 * The pod's names and its DNS (H1 to H5). Names that are none, and a full name that cannot be had, are issues; cut DNS
 * settings and a missing cluster DNS are warnings.
 */
export function resolveNetwork(pod: Pod, inputs: ResolveInputs, resolution: Resolution): ResolvedNetwork {
  const spec = networkSpecOf(pod);
  checkNames(spec, inputs.clusterDomain, resolution);
  const hostname = hostnameOf(pod);
  const domain = hostDomainOf(pod, inputs.clusterDomain);
  const kernel = kernelHostname(hostname, domain, spec.setHostnameAsFQDN);
  if ("fault" in kernel) resolution.issue("spec.setHostnameAsFQDN", kernel.fault);
  const dns = inputs.dns && podDns(pod, inputs.dns, inputs.clusterDomain);
  resolution.warnings.push(...(dns?.warnings ?? []));
  return {
    kernelHostname: "fault" in kernel ? hostname : kernel.name,
    ...(domain !== undefined && { domain }),
    hostAliases: (spec.hostAliases ?? []).map(({ ip, hostnames }) => ({ ip, hostnames: hostnames ?? [] })),
    ...(dns?.dns && { dns: dns.dns }),
  };
}

/** The API server refuses such names too; a pod that did not come through it is not to get a host it cannot have. */
function checkNames(spec: NetworkSpec, clusterDomain: string | undefined, resolution: Resolution): void {
  const { hostname, hostnameOverride, hostNetwork, subdomain, setHostnameAsFQDN } = spec;
  if (hostnameOverride !== undefined && hostnameOverride !== null) {
    const fault = subdomainFault(hostnameOverride);
    const message = `pod HostnameOverride ${JSON.stringify(hostnameOverride)} is not a valid DNS subdomain: ${fault}`;
    if (fault) resolution.issue("spec.hostnameOverride", message);
    return;
  }
  const hostnameFault = hostname ? labelFault(hostname) : undefined;
  if (hostnameFault) {
    const message = `pod Hostname ${JSON.stringify(hostname)} is not a valid DNS label: ${hostnameFault}`;
    resolution.issue("spec.hostname", message);
  }
  if (!subdomain) return;
  const subdomainLabelFault = labelFault(subdomain);
  if (subdomainLabelFault) {
    const message = `pod Subdomain ${JSON.stringify(subdomain)} is not a valid DNS label: ${subdomainLabelFault}`;
    resolution.issue("spec.subdomain", message);
  }
  if (setHostnameAsFQDN && !hostNetwork && !clusterDomain) {
    const message = "the full name ends with the cluster domain, which this node was not given";
    resolution.issue("spec.setHostnameAsFQDN", message);
  }
}
