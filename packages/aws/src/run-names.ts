import type { PodRef } from "@vkubelet/core";
import { contentHash } from "./content-hash.ts";

/** Environment variables that carry a run's identity, so that it can be read back from the backend alone. */
export const identityVariables = {
  namespace: "VKUBELET_POD_NAMESPACE",
  name: "VKUBELET_POD_NAME",
  uid: "VKUBELET_POD_UID",
  attempt: "VKUBELET_ATTEMPT",
} as const;

/** One environment entry as every AWS container API writes it. */
export interface NameValue {
  readonly name: string;
  readonly value: string;
}

/** The identity of run `attempt` of a pod as environment entries. */
export function identityEnvironment(ref: PodRef, attempt: number): readonly NameValue[] {
  return [
    { name: identityVariables.namespace, value: ref.namespace },
    { name: identityVariables.name, value: ref.name },
    { name: identityVariables.uid, value: ref.uid },
    { name: identityVariables.attempt, value: String(attempt) },
  ];
}

/** The identity that {@link identityEnvironment} wrote; undefined when any part is missing or malformed. */
export function readIdentity(
  entries: readonly { readonly name?: string | undefined; readonly value?: string | undefined }[],
): { readonly ref: PodRef; readonly attempt: number } | undefined {
  const values = new Map(entries.map((entry) => [entry.name, entry.value]));
  const namespace = values.get(identityVariables.namespace);
  const name = values.get(identityVariables.name);
  const uid = values.get(identityVariables.uid);
  const attempt = values.get(identityVariables.attempt);
  if (!namespace || !name || !uid || attempt === undefined || !/^\d{1,9}$/.test(attempt)) return undefined;
  return { ref: { namespace, name, uid }, attempt: Number(attempt) };
}

/**
 * A node's name in the characters that ECS allows in `startedBy`, at most 64. Injective for names up to that length:
 * `_` cannot occur in a Kubernetes node name.
 */
export function nodeKey(nodeName: string): string {
  const key = nodeName.replace(/[^A-Za-z0-9-]/g, "_");
  return key.length <= 64 ? key : `${key.slice(0, 47)}-${contentHash(nodeName, 16)}`;
}

/** A pod UID in letters, digits and `-`, at most 40 characters: as it is when it is a UUID, hashed otherwise. */
export function uidKey(uid: string): string {
  return /^[a-z0-9-]{1,40}$/.test(uid) ? uid : contentHash(uid, 40);
}
