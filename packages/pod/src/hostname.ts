import type { Pod } from "@vkubelet/core";

const maximumLength = 63;

/**
 * The hostname by the kubelet's rules (H1): hostnameOverride, else spec.hostname, else the pod's name, cut to 63
 * characters. A pod on the host's network keeps the node's, which is known here by the node's name.
 */
export function hostnameOf(pod: Pod): string {
  const spec: Readonly<Record<string, unknown>> = { ...pod.spec };
  const override = spec["hostnameOverride"];
  if (typeof override === "string" && override !== "") return override;
  if (pod.spec?.hostNetwork && pod.spec.nodeName) return pod.spec.nodeName;
  const wanted = pod.spec?.hostname || pod.metadata?.name || "";
  return wanted.length <= maximumLength ? wanted : wanted.slice(0, maximumLength).replace(/[-.]+$/, "");
}
