import type { Pod } from "@vkubelet/core";

const maximumLength = 63;

/**
 * The hostname by the kubelet's rules (H1): hostnameOverride, else spec.hostname, else the pod's name, cut to 63
 * characters. A pod on the host's network keeps the node's, which is known here by the node's name.
 */
export function hostnameOf(pod: Pod): string {
  const spec: Readonly<Record<string, unknown>> = { ...pod.spec };
  const override = spec["hostnameOverride"];
  if (typeof override === "string" && override !== "") return cut(override);
  if (pod.spec?.hostNetwork && pod.spec.nodeName) return pod.spec.nodeName;
  return cut(pod.spec?.hostname || pod.metadata?.name || "");
}

function cut(hostname: string): string {
  return hostname.length <= maximumLength ? hostname : hostname.slice(0, maximumLength).replace(/[-.]+$/, "");
}
