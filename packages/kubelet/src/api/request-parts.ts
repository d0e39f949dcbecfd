import type { PatchType, Query } from "./kube-api-client.ts";

/** What a body is, by how it is meant. */
export const contentTypes: Readonly<Record<PatchType | "plain", string>> = {
  plain: "application/json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
};

const metadataType = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

/** Objects in full, or where the caller wants no more, their metadata alone; servers that cannot do that send all. */
export const acceptedTypes: Readonly<Record<"object" | "metadata" | "none", string>> = {
  object: "application/json",
  metadata: metadataType,
  none: metadataType,
};

/** The query of a URL, with its question mark; empty without parameters. */
export function queryText(query: Query | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? "" : `?${parameters}`;
}
