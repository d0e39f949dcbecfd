import { providerAnnotation } from "./node-metadata.ts";
import type { NodeIdentity, NodeObject } from "./node-object.ts";

/** Stands in the version that every vkubelet reports. */
const ownVersion = "vkubelet";

/**
 * Throws when the Node is not this kubelet's to take: another kubelet reports it, or one for another provider, whose
 * pods would be taken for lost, or its provider ID is another one. A Node that no kubelet has reported yet may be taken.
 */
export function checkOwner(node: NodeObject, { name, providerName, providerID }: NodeIdentity): void {
  const { kubeletVersion, containerRuntimeVersion } = node.status?.nodeInfo ?? {};
  if (typeof kubeletVersion === "string" && kubeletVersion !== "" && !kubeletVersion.includes(ownVersion)) {
    const what = `version ${kubeletVersion}, container runtime ${containerRuntimeVersion || "unknown"}`;
    throw refusal(name, `it belongs to another kubelet (${what})`);
  }
  const provider = node.metadata?.annotations?.[providerAnnotation];
  if (provider !== undefined && provider !== providerName)
    throw refusal(name, `it belongs to provider "${provider}", not "${providerName}"`);
  const present = node.spec?.providerID || undefined;
  if (providerID !== undefined && present !== undefined && present !== providerID)
    throw refusal(name, `its provider ID is "${present}", not "${providerID}", and cannot be changed`);
}

function refusal(name: string, why: string): Error {
  return new Error(
    `cannot register node "${name}": ${why}; choose another node name, or delete the Node when nothing runs on it any more (kubectl delete node ${name})`,
  );
}
