import { plainValue, type ResolvedNetwork, type ResolvedPod, type ResolvedValue } from "@vkubelet/core";

const managedLines = [
  "# Kubernetes-managed hosts file.",
  "127.0.0.1\tlocalhost",
  "::1\tlocalhost ip6-localhost ip6-loopback",
  "fe00::0\tip6-localnet",
  "fe00::0\tip6-mcastprefix",
  "fe00::1\tip6-allnodes",
  "fe00::2\tip6-allrouters",
];

/**
 * The text of `/etc/hosts` for a pod with addresses of its own (H3, `managedHostsFileContent`): localhost, each of the
 * pod's addresses with its names, then its hostAliases. Without `podIPs` the pod's first address is left to be filled
 * in late, as `status.podIP`. For a pod on the host's network see {@link hostNetworkHostsFile}.
 */
export function hostsFile(
  pod: Pick<ResolvedPod, "hostname" | "network">,
  podIPs?: readonly string[],
): ResolvedValue {
  const { domain } = pod.network;
  const names = domain === undefined ? pod.hostname : `${pod.hostname}.${domain}\t${pod.hostname}`;
  const head = managedLines.map((line) => `${line}\n`).join("");
  const tail = aliasLines(pod.network);
  if (podIPs) return plainValue(`${head}${podIPs.map((ip) => `${ip}\t${names}\n`).join("")}${tail}`);
  return { parts: [head, { late: "status.podIP" }, `\t${names}\n${tail}`], secret: false };
}

/** The text of `/etc/hosts` for a pod on the host's network (H3, `nodeHostsFileContent`): the node's, then hostAliases. */
export function hostNetworkHostsFile(pod: Pick<ResolvedPod, "network">, nodeHostsFile: string): string {
  const header = "# Kubernetes-managed hosts file (host network).\n";
  return `${header}${nodeHostsFile}${aliasLines(pod.network)}`;
}

function aliasLines({ hostAliases }: ResolvedNetwork): string {
  if (hostAliases.length === 0) return "";
  const lines = hostAliases.map(({ ip, hostnames }) => `${ip}\t${hostnames.join("\t")}\n`);
  return `\n# Entries added by HostAliases.\n${lines.join("")}`;
}
