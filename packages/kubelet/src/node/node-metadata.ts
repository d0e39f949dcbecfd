import type { NodeDescription, Taint } from "@vkubelet/core";
import { type NodeIdentity, type NodeObject, nodeLabels } from "./node-object.ts";

/** What the kubelet puts on its Node besides the status. */
export interface NodeMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

/** The merge patch that brings a Node's metadata up to date. */
export interface MetadataPatch {
  readonly metadata: {
    readonly resourceVersion?: string | undefined;
    readonly labels: Readonly<Record<string, string | null>>;
    readonly annotations: Readonly<Record<string, string | null>>;
  };
  readonly spec: { readonly taints?: readonly Taint[]; readonly providerID?: string };
}

/** Says which provider the node belongs to. */
export const providerAnnotation = "vkubelet.dev/provider";

/** Remembers on the Node what a kubelet put there, so that a later one can take away what is not wanted any more. */
const recordAnnotation = "vkubelet.dev/node-metadata";

/** What the node is to carry: what the user decided goes before what the backend says. */
export function wantedMetadata(identity: NodeIdentity, description: NodeDescription): NodeMetadata {
  return {
    labels: nodeLabels(identity, description),
    annotations: { ...identity.annotations, [providerAnnotation]: identity.providerName },
    taints: uniqueTaints([...identity.taints, ...(description.taints ?? [])]),
  };
}

/** The metadata and spec of a Node that does not exist yet. */
export function newNode(identity: NodeIdentity, wanted: NodeMetadata): NodeObject {
  const { labels, annotations, taints } = wanted;
  const { name, providerID } = identity;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels, annotations: { ...annotations, [recordAnnotation]: recordOf(wanted) } },
    spec: { taints, ...(providerID !== undefined && { providerID }) },
  };
}

/** What a kubelet put on this Node, as far as is remembered. */
export function recordedMetadata(node: NodeObject): NodeMetadata {
  const text = node.metadata?.annotations?.[recordAnnotation];
  const { labels = {}, annotations = {}, taints = [] } = parseRecord(text);
  return { labels, annotations, taints };
}

/**
 * The patch that adds what is wanted and missing, and removes what was put there by a kubelet, still stands as it put
 * it, and is wanted no more. What others put there stays. A provider ID is added where there is none. Undefined when
 * there is nothing to do.
 */
export function metadataPatch(
  node: NodeObject,
  wanted: NodeMetadata,
  providerID: string | undefined,
): MetadataPatch | undefined {
  const recorded = recordedMetadata(node);
  const present = node.metadata?.annotations;
  const labels = changedEntries(node.metadata?.labels, recorded.labels, wanted.labels);
  const annotations = changedEntries(present, recorded.annotations, wanted.annotations);
  const taints = changedTaints(node.spec?.taints ?? [], recorded.taints, wanted.taints);
  const record = recordOf(wanted);
  const toRecord = present?.[recordAnnotation] === record ? {} : { [recordAnnotation]: record };
  const allAnnotations = { ...annotations, ...toRecord };
  const spec = {
    ...(taints !== undefined && { taints }),
    ...(providerID !== undefined && !node.spec?.providerID && { providerID }),
  };
  const isEmpty = [labels, allAnnotations, spec].every((part) => Object.keys(part).length === 0);
  if (isEmpty) return undefined;
  return {
    metadata: {
      // The list of taints is replaced as a whole: only over the one that was looked at.
      ...(taints !== undefined && { resourceVersion: node.metadata?.resourceVersion }),
      labels,
      annotations: allAnnotations,
    },
    spec,
  };
}

function changedEntries(
  present: Readonly<Record<string, string>> = {},
  recorded: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): Readonly<Record<string, string | null>> {
  const missing = Object.entries(wanted).filter(([key, value]) => present[key] !== value);
  const left = Object.entries(recorded).filter(
    ([key, value]) => !Object.hasOwn(wanted, key) && present[key] === value,
  );
  return Object.fromEntries([...missing, ...left.map(([key]) => [key, null] as const)]);
}

function changedTaints(
  present: readonly Taint[],
  recorded: readonly Taint[],
  wanted: readonly Taint[],
): readonly Taint[] | undefined {
  const kept = present.filter((taint) => {
    const ours = wanted.find((other) => hasSameKey(taint, other));
    return ours === undefined ? !recorded.some((other) => isSame(taint, other)) : isSame(taint, ours);
  });
  const missing = wanted.filter((taint) => !kept.some((other) => isSame(taint, other)));
  return missing.length === 0 && kept.length === present.length ? undefined : [...kept, ...missing];
}

/** The API server takes one taint of a key and effect; of several the first counts. */
function uniqueTaints(taints: readonly Taint[]): readonly Taint[] {
  return taints.filter((taint, index) => taints.findIndex((other) => hasSameKey(taint, other)) === index);
}

function hasSameKey(left: Taint, right: Taint): boolean {
  return left.key === right.key && left.effect === right.effect;
}

function isSame(left: Taint, right: Taint): boolean {
  return hasSameKey(left, right) && (left.value ?? "") === (right.value ?? "");
}

function recordOf({ labels, annotations, taints }: NodeMetadata): string {
  const sorted = (entries: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(entries).sort(([left], [right]) => (left < right ? -1 : 1)));
  return JSON.stringify({ labels: sorted(labels), annotations: sorted(annotations), taints });
}

/** What somebody has spoilt is no record: then nothing is taken away. */
function parseRecord(text: string | undefined): Partial<NodeMetadata> {
  try {
    const record: unknown = JSON.parse(text ?? "{}");
    return isRecord(record) ? record : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Partial<NodeMetadata> {
  if (typeof value !== "object" || value === null) return false;
  const { labels = {}, annotations = {}, taints = [] } = value as Record<string, unknown>;
  const areTexts = (entries: unknown) =>
    typeof entries === "object" &&
    entries !== null &&
    Object.values(entries).every((entry) => typeof entry === "string");
  return (
    areTexts(labels) &&
    areTexts(annotations) &&
    Array.isArray(taints) &&
    taints.every((taint) => typeof taint?.key === "string" && typeof taint?.effect === "string")
  );
}
