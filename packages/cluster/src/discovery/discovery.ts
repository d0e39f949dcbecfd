import { createHash } from "node:crypto";
import type { Json } from "../api/objects.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";
import type { ResourceTypes } from "../resources/resource-types.ts";

/** What `GET /version` answers: the release whose API the generated data was taken from. */
export const version = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.3+vkubelet",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "go1.26",
  compiler: "gc",
  platform: "linux/amd64",
};

/** Media type of aggregated discovery. */
export const aggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** The groups served, the core group first. */
function groupsOf(types: ResourceTypes): Map<string, ResourceType[]> {
  const groups = new Map<string, ResourceType[]>();
  for (const type of types.all) groups.set(type.group, [...(groups.get(type.group) ?? []), type]);
  return groups;
}

function aggregatedResource(type: ResourceType): Json {
  return {
    resource: type.plural,
    responseKind: { group: type.group, version: type.version, kind: type.kind },
    scope: type.namespaced ? "Namespaced" : "Cluster",
    singularResource: type.singular,
    verbs: type.verbs,
    ...(type.shortNames.length > 0 ? { shortNames: type.shortNames } : {}),
    ...(type.categories.length > 0 ? { categories: type.categories } : {}),
    ...(type.subresources.size > 0 ? { subresources: [...type.subresources.values()] } : {}),
  };
}

/** The aggregated document for `/api` or `/apis`. */
export function aggregatedDiscovery(types: ResourceTypes, core: boolean): Json {
  const items = [...groupsOf(types)]
    .filter(([group]) => (group === "") === core)
    .map(([group, members]) => ({
      metadata: group ? { name: group, creationTimestamp: null } : { creationTimestamp: null },
      versions: [{ version: "v1", resources: members.map(aggregatedResource), freshness: "Current" }],
    }));
  return { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2", metadata: {}, items };
}

/** `GET /api` for clients without aggregated discovery. */
export function apiVersions(): Json {
  return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
}

function apiGroup(group: string): Json {
  const preferred = { groupVersion: `${group}/v1`, version: "v1" };
  return { name: group, versions: [preferred], preferredVersion: preferred };
}

/** `GET /apis` for clients without aggregated discovery. */
export function apiGroupList(types: ResourceTypes): Json {
  const groups = [...groupsOf(types).keys()].filter((group) => group !== "").map(apiGroup);
  return { kind: "APIGroupList", apiVersion: "v1", groups };
}

/** `GET /apis/GROUP`; undefined when there is no such group. */
export function apiGroupDocument(types: ResourceTypes, group: string): Json {
  return groupsOf(types).has(group) ? { kind: "APIGroup", apiVersion: "v1", ...apiGroup(group) } : undefined;
}

/** `GET /api/v1` and `GET /apis/GROUP/VERSION`; undefined when there is no such version. */
export function apiResourceList(types: ResourceTypes, group: string, requested: string): Json {
  const members = types.all.filter((type) => type.group === group && type.version === requested);
  const first = members[0];
  if (!first) return undefined;
  const resources = members.flatMap((type) => [
    {
      name: type.plural,
      singularName: type.singular,
      namespaced: type.namespaced,
      kind: type.kind,
      verbs: type.verbs,
      ...(type.shortNames.length > 0 ? { shortNames: type.shortNames } : {}),
      ...(type.categories.length > 0 ? { categories: type.categories } : {}),
    },
    ...[...type.subresources.values()].map(({ subresource, responseKind, verbs }) => ({
      name: `${type.plural}/${subresource}`,
      singularName: "",
      namespaced: type.namespaced,
      ...(responseKind.group ? { group: responseKind.group } : {}),
      ...(responseKind.version ? { version: responseKind.version } : {}),
      kind: responseKind.kind,
      verbs,
    })),
  ]);
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion: apiVersionOf(first), resources };
}

/** A hash of a document, for ETags and cache keys. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").toUpperCase();
}
