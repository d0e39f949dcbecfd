import type { Json, KubeObject } from "../api/objects.ts";
import type { ResourceType } from "../resources/resource-type.ts";

/** What is left of a namespace that is being emptied. */
export interface Remains {
  readonly type: ResourceType;
  readonly objects: readonly KubeObject[];
}

function condition(
  type: string,
  remaining: readonly string[],
  yes: readonly string[],
  no: readonly string[],
): Json {
  const [reason, message] =
    remaining.length > 0 ? [yes[0], `${yes[1]}: ${[...remaining].sort().join(", ")}`] : no;
  return { type, status: remaining.length > 0 ? "True" : "False", reason, message };
}

function finalizerCounts(remains: readonly Remains[]): string[] {
  const counts = new Map<string, number>();
  for (const { metadata } of remains.flatMap(({ objects }) => objects))
    for (const finalizer of metadata.finalizers ?? [])
      counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1);
  return [...counts].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
}

/** The conditions of a namespace that say what its end waits for. */
export function deletionConditions(remains: readonly Remains[]): Json[] {
  const resources = remains.map(
    ({ type, objects }) => `${type.plural}.${type.group} has ${objects.length} resource instances`,
  );
  return [
    {
      type: "NamespaceDeletionDiscoveryFailure",
      status: "False",
      reason: "ResourcesDiscovered",
      message: "All resources successfully discovered",
    },
    {
      type: "NamespaceDeletionGroupVersionParsingFailure",
      status: "False",
      reason: "ParsedGroupVersions",
      message: "All legacy kube types successfully parsed",
    },
    {
      type: "NamespaceDeletionContentFailure",
      status: "False",
      reason: "ContentDeleted",
      message: "All content successfully deleted, may be waiting on finalization",
    },
    condition(
      "NamespaceContentRemaining",
      resources,
      ["SomeResourcesRemain", "Some resources are remaining"],
      ["ContentRemoved", "All content successfully removed"],
    ),
    condition(
      "NamespaceFinalizersRemaining",
      finalizerCounts(remains),
      ["SomeFinalizersRemain", "Some content in the namespace has finalizers remaining"],
      ["ContentHasNoFinalizers", "All content-preserving finalizers finished"],
    ),
  ];
}
