import type { KubeObject, OwnerReference } from "../api/objects.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";

/** The owner that controls an object, if it has one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller);
}

/** The reference by which a dependent names its controller. */
export function controllerReference(type: ResourceType, owner: KubeObject): OwnerReference {
  return {
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}
