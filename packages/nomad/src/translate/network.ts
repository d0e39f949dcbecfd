import type { ContainerPort, PodSpec, ResolvedDns, ResolvedPod } from "@vkubelet/core";
import type { NetworkSpec } from "./job-spec.ts";
import type { NomadTranslateOptions } from "./options.ts";

interface DnsConfig {
  readonly nameservers?: readonly string[];
  readonly searches?: readonly string[];
  readonly options?: readonly { readonly name?: string; readonly value?: string }[];
}

/** `host` for pods that ask for the host's network, else what the options say. */
export function networkMode(spec: PodSpec, options: NomadTranslateOptions): string {
  return spec.hostNetwork === true ? "host" : options.network;
}

/** The group's network: mode, name resolution and the ports that the pod holds on its host. */
export function groupNetwork(pod: ResolvedPod, options: NomadTranslateOptions): readonly NetworkSpec[] {
  const spec = pod.pod.spec ?? { containers: [] };
  const mode = networkMode(spec, options);
  const ports = hostPorts(spec);
  const dns = dnsOf(pod);
  if (mode === "host" && ports.length === 0 && dns === undefined) return [];
  return [
    {
      Mode: mode,
      ...(mode === "bridge" ? { Hostname: pod.network.kernelHostname } : {}),
      ...(dns === undefined ? {} : { DNS: dns }),
      ...(ports.length === 0 ? {} : { ReservedPorts: ports }),
    },
  ];
}

function hostPorts(spec: PodSpec): { Label: string; Value: number; To: number }[] {
  const seen = new Map<number, { Label: string; Value: number; To: number }>();
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  for (const port of containers.flatMap((container): readonly ContainerPort[] => container.ports ?? [])) {
    if (port.hostPort === undefined || port.hostPort === 0) continue;
    seen.set(port.hostPort, { Label: `p${port.hostPort}`, Value: port.hostPort, To: port.containerPort });
  }
  return [...seen.values()];
}

/** What the host has worked out, else the pod's own dnsConfig: what that leaves out, the client fills in. */
function dnsOf({ pod, network }: ResolvedPod): NetworkSpec["DNS"] | undefined {
  const { servers, searches, options } = network.dns ?? configured(pod.spec as { dnsConfig?: DnsConfig });
  const dns = {
    ...(servers.length > 0 ? { Servers: servers } : {}),
    ...(searches.length > 0 ? { Searches: searches } : {}),
    ...(options.length > 0 ? { Options: options } : {}),
  };
  return Object.keys(dns).length === 0 ? undefined : dns;
}

function configured(spec: { readonly dnsConfig?: DnsConfig } | undefined): ResolvedDns {
  const { nameservers = [], searches = [], options = [] } = spec?.dnsConfig ?? {};
  return {
    servers: nameservers,
    searches,
    options: options.map(({ name, value }) => (value === undefined ? `${name}` : `${name}:${value}`)),
  };
}
