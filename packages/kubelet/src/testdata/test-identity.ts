import type { NodeIdentity } from "../node/node-object.ts";

/** A node of the in-memory provider, without labels or taints of its own. */
export function testIdentity(name: string): NodeIdentity {
  return {
    name,
    providerName: "memory",
    labels: {},
    annotations: {},
    taints: [],
    internalIP: "127.0.0.1",
    kubeletPort: 10250,
    kubeletVersion: "v1.36.0-vkubelet-0.1.0",
  };
}
