import type { FieldIssue } from "@vkubelet/core";
import { checkObject, type SchemaTypeName } from "../schema/check-object.ts";
import { isObject, textIn } from "./json-draft.ts";

/** The kinds whose form is known here, by the version that a manifest must name. */
const types: Readonly<Record<string, SchemaTypeName>> = {
  "v1 ConfigMap": "ConfigMap",
  "v1 PersistentVolumeClaim": "PersistentVolumeClaim",
  "v1 Pod": "Pod",
  "v1 ReplicationController": "ReplicationController",
  "v1 Secret": "Secret",
  "v1 Service": "Service",
  "v1 ServiceAccount": "ServiceAccount",
  "apps/v1 DaemonSet": "DaemonSet",
  "apps/v1 Deployment": "Deployment",
  "apps/v1 ReplicaSet": "ReplicaSet",
  "apps/v1 StatefulSet": "StatefulSet",
  "batch/v1 CronJob": "CronJob",
  "batch/v1 Job": "Job",
};

/** Lists within lists are followed so deep. */
const maximumListDepth = 16;

/**
 * What is wrong with the form of an object of a manifest, unknown fields included, as kubectl's strict validation has
 * it. The objects of a List are looked at one by one; a kind whose form is not known here has no issues.
 */
export function checkManifest(object: unknown, path = "", depth = 0): readonly FieldIssue[] {
  if (!isObject(object)) return [{ path, message: "is no object, which every entry of a List must be" }];
  const kind = textIn(object, "kind");
  if (kind === "List" && Array.isArray(object["items"]) && depth < maximumListDepth) {
    const prefix = path === "" ? "items" : `${path}.items`;
    return object["items"].flatMap((item, index) => checkManifest(item, `${prefix}[${index}]`, depth + 1));
  }
  const name = `${textIn(object, "apiVersion")} ${kind}`;
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  return type === undefined ? [] : checkObject(object, type, path, { unknownFields: true });
}
