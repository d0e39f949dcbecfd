import type { KubeObject } from "../api/objects.ts";
import type { IndexFunction } from "./collection.ts";
import type { Indexes } from "./store.ts";

const controller: IndexFunction = (object: KubeObject) =>
  object.metadata.ownerReferences?.find((owner) => owner.controller)?.uid;

/** By what the controllers and the selectors of requests look objects up. */
export const objectIndexes: Indexes = {
  "/pods": { "spec.nodeName": (pod) => pod.spec?.nodeName || undefined, controller },
  "apps/replicasets": { controller },
  "apps/controllerrevisions": { controller },
  "batch/jobs": { controller },
};
