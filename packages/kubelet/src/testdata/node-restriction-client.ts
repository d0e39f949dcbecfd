import { isDeepStrictEqual } from "node:util";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import { KubeApiError } from "../api/kube-api-error.ts";
import { isRestrictedLabel } from "../node/node-restriction.ts";
import { applyPatch } from "./api-patch.ts";
import type { AnyObject, MemoryApi } from "./memory-api.ts";

/**
 * A client with the rights of a node alone, as far as its own Node is concerned: what the admission plugin NodeRestriction
 * refuses, in its words. A node is never deleted by itself (bootstrappolicy, NodeRules).
 */
export function nodeRestrictionClient(api: MemoryApi): KubeApiClient {
  const client = api.client();
  const check = (before: AnyObject | undefined, after: AnyObject) => {
    const labels = Object.keys({ ...before?.metadata.labels, ...after.metadata.labels }).filter(
      (key) => isRestrictedLabel(key) && before?.metadata.labels?.[key] !== after.metadata.labels?.[key],
    );
    if (labels.length > 0) throw forbidden(`is not allowed to modify labels: ${labels.join(", ")}`);
    const taintsOf = (node: AnyObject) => node.spec?.taints ?? [];
    if (before !== undefined && !isDeepStrictEqual(taintsOf(before), taintsOf(after)))
      throw forbidden('node "vk" is not allowed to modify taints');
  };
  return {
    ...client,
    create: async <T>(path: string, body: unknown, options?: object) => {
      if (path === "/api/v1/nodes") check(undefined, body as AnyObject);
      return client.create<T>(path, body, options);
    },
    patch: async (path, body, type, options) => {
      const before = api.get(path);
      if (before?.kind === "Node") check(before, applyPatch(before, body, type === "strategic"));
      return client.patch(path, body, type, options);
    },
    delete: async (path, body, options) => {
      if (api.get(path)?.kind === "Node") throw forbidden("cannot delete resource nodes");
      return client.delete(path, body, options);
    },
  };
}

function forbidden(why: string): KubeApiError {
  return new KubeApiError(`nodes "vk" is forbidden: ${why}`, { status: 403, reason: "Forbidden" });
}
