import type { ContainerPort, PodSpec } from "@vkubelet/core";
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
export function groupNetwork(
  spec: PodSpec,
  hostname: string,
  options: NomadTranslateOptions,
): readonly NetworkSpec[] {
  const mode = networkMode(spec, options);
  const ports = hostPorts(spec);
  const dns = dnsOf((spec as { dnsConfig?: DnsConfig }).dnsConfig);
  if (mode === "host" && ports.length === 0 && dns === undefined) return [];
  return [
    {
      Mode: mode,
      ...(mode === "bridge" ? { Hostname: hostname } : {}),
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

function dnsOf(config: DnsConfig | undefined): NetworkSpec["DNS"] | undefined {
  if (config === undefined) return undefined;
  const options = (config.options ?? []).map((option) =>
    option.value === undefined ? `${option.name}` : `${option.name}:${option.value}`,
  );
  const dns = {
    ...(config.nameservers?.length ? { Servers: config.nameservers } : {}),
    ...(config.searches?.length ? { Searches: config.searches } : {}),
    ...(options.length > 0 ? { Options: options } : {}),
  };
  return Object.keys(dns).length === 0 ? undefined : dns;
}
