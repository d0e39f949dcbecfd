import type { Json, KubeObject, ObjectMeta } from "../api/objects.ts";
import { badRequest, invalid, invalidField, staleVersion } from "../api/status-error.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";

/** Fields of the metadata that only the server writes. */
const systemFields = [
  "uid",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "generation",
  "namespace",
  "managedFields",
] as const;

/**
 * The object that an update leads to: what the client may write from `next`, the rest from `old`. A write of a
 * subresource touches only its part.
 * @throws StatusError 400, 409, 422
 */
export function mergeUpdate(
  type: ResourceType,
  old: KubeObject,
  next: KubeObject,
  subresource: string | undefined,
): KubeObject {
  checkIdentity(type, old, next);
  const metadata = { ...(next.metadata ?? { name: old.metadata.name }) };
  for (const field of systemFields) restore(metadata, old.metadata, field);
  restore(metadata, old.metadata, "resourceVersion");
  dropEmpty(metadata);
  if (subresource === "status") return statusUpdate(type, old, next, metadata);
  if (subresource === "ephemeralcontainers" || subresource === "resize")
    return podPartUpdate(old, next, subresource);
  if (subresource === "approval") return { ...structuredClone(old), metadata, status: next.status };
  const merged: KubeObject = { ...next, apiVersion: apiVersionOf(type), kind: type.kind, metadata };
  if (type.subresources.has("status") && subresource === undefined) {
    if (old.status === undefined) delete merged.status;
    else merged.status = structuredClone(old.status);
  }
  // A namespace's spec holds its finalizers alone, which only the subresource `finalize` writes.
  if (type.kind === "Namespace" && subresource !== "finalize") merged.spec = structuredClone(old.spec);
  return merged;
}

function statusUpdate(
  type: ResourceType,
  old: KubeObject,
  next: KubeObject,
  metadata: ObjectMeta,
): KubeObject {
  const kept: ObjectMeta = { ...structuredClone(old.metadata) };
  if (type.strategy.statusWritesMetadata) {
    for (const field of ["labels", "annotations"] as const) restore(kept, metadata, field);
  }
  const merged: KubeObject = { ...structuredClone(old), metadata: kept };
  if (next.status === undefined) delete merged.status;
  else merged.status = next.status;
  return merged;
}

/**
 * The two subresources that change a part of a running pod's spec. Containers that were added, renamed or reordered are
 * left in, so that the validation can name them.
 */
function podPartUpdate(
  old: KubeObject,
  next: KubeObject,
  subresource: "ephemeralcontainers" | "resize",
): KubeObject {
  const merged = structuredClone(old);
  if (subresource === "ephemeralcontainers") {
    const after = next.spec?.ephemeralContainers;
    if (after) merged.spec.ephemeralContainers = after;
    else delete merged.spec.ephemeralContainers;
    return merged;
  }
  for (const list of ["containers", "initContainers"]) {
    const before: Json[] = old.spec[list] ?? [];
    const after: Json[] = next.spec?.[list] ?? [];
    const alike = after.length === before.length && after.every(({ name }, at) => name === before[at].name);
    if (!alike) merged.spec[list] = after;
    else if (before.length > 0)
      merged.spec[list] = before.map((container, at) => resized(container, after[at]));
  }
  return merged;
}

function resized(container: Json, { resources, resizePolicy }: Json): Json {
  const { resizePolicy: _policy, ...rest } = container;
  return { ...rest, resources: resources ?? {}, ...(resizePolicy ? { resizePolicy } : {}) };
}

function checkIdentity(type: ResourceType, old: KubeObject, next: KubeObject): void {
  const { name, namespace, uid, resourceVersion } = next.metadata ?? {};
  if (name !== undefined && name !== old.metadata.name) {
    throw badRequest(
      `the name of the object (${name}) does not match the name on the URL (${old.metadata.name})`,
    );
  }
  if (namespace && namespace !== old.metadata.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (uid && uid !== old.metadata.uid) {
    throw invalid(type, old.metadata.name, [invalidField("metadata.uid", uid, "field is immutable")]);
  }
  if (resourceVersion && resourceVersion !== old.metadata.resourceVersion)
    throw staleVersion(type, old.metadata.name);
}

function restore(target: ObjectMeta, source: ObjectMeta, field: keyof ObjectMeta): void {
  if (source[field] === undefined) delete target[field];
  else Object.assign(target, { [field]: source[field] });
}

function dropEmpty(metadata: ObjectMeta): void {
  for (const field of ["labels", "annotations", "finalizers", "ownerReferences"] as const) {
    const value = metadata[field];
    if (value && Object.keys(value).length === 0) delete metadata[field];
  }
}
