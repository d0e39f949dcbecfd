import type { KubeObject } from "../api/objects.ts";
import type { IndexFunction } from "./collection.ts";
import type { Indexes } from "./store.ts";

const controller: IndexFunction = (object: KubeObject) =>
  object.metadata.ownerReferences?.find((owner) => owner.controller)?.uid;

/** Namespace of an object that nothing controls: what a workload may take over. */
const uncontrolled: IndexFunction = (object: KubeObject) =>
  controller(object) === undefined ? object.metadata.namespace : undefined;

/** By what the controllers and the selectors of requests look objects up. */
export const objectIndexes: Indexes = {
  "/pods": { "spec.nodeName": (pod) => pod.spec?.nodeName || undefined, controller, uncontrolled },
  "apps/replicasets": { controller, uncontrolled },
  "apps/controllerrevisions": { controller },
  "batch/jobs": { controller },
};
