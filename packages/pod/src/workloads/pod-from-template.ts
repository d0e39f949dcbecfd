import type { OwnerReference } from "@vkubelet/core";
import { stableUid } from "./generated-names.ts";
import { type Draft, objectIn, textIn } from "./json-draft.ts";
import type { WorkloadSource } from "./workload-pod.ts";

/** The longest name that a pod may have; a name that leaves no room for the dash does without. */
const maximumName = 253;

/**
 * GetPodFromTemplate of pkg/controller: labels, annotations and finalizers of the template, its spec, the prefix of
 * the name, and the controller as owner. Nothing else of the template's metadata reaches the pod.
 */
export function podFromTemplate(
  template: Draft | undefined,
  owner: OwnerReference,
  namespace: string,
): Draft {
  const metadata = objectIn(template, "metadata");
  const made: Draft = { generateName: podNamePrefix(owner.name), namespace };
  for (const name of ["labels", "annotations"]) {
    const copied = objectIn(metadata, name);
    if (copied) made[name] = { ...copied };
  }
  if (Array.isArray(metadata?.["finalizers"])) made["finalizers"] = [...metadata["finalizers"]];
  made["ownerReferences"] = [owner];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: made,
    spec: structuredClone(objectIn(template, "spec") ?? {}),
  };
}

/** The reference by which a controller owns what it makes. Its uid is the object's own, else a stand-in. */
export function controllerReference(
  apiVersion: string,
  owner: Draft,
  source: WorkloadSource,
): OwnerReference {
  return {
    apiVersion,
    kind: source.kind,
    name: source.name,
    uid: textIn(objectIn(owner, "metadata"), "uid") || uidOf(source),
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The stand-in for the uid of an object that no server has given one. */
export function uidOf(source: WorkloadSource): string {
  return stableUid(`${source.kind}/${source.namespace}/${source.name}`);
}

function podNamePrefix(name: string): string {
  const prefix = `${name}-`;
  return prefix.length <= maximumName ? prefix : name;
}
