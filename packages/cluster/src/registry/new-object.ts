import { randomUUID } from "node:crypto";
import { formatTime, type KubeObject } from "../api/objects.ts";
import { badRequest } from "../api/status-error.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";
import type { ReadView } from "../store/store.ts";
import { generateName } from "./names.ts";

/** Gives a new object its name, identity and times. @throws StatusError 400 */
export function stampNew(
  store: ReadView,
  type: ResourceType,
  namespace: string | undefined,
  object: KubeObject,
  now: number,
): void {
  const metadata = object.metadata ?? { name: "" };
  if (metadata.resourceVersion)
    throw badRequest("resourceVersion should not be set on objects to be created");
  if (metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  object.apiVersion = apiVersionOf(type);
  object.kind = type.kind;
  const {
    deletionTimestamp: _deleted,
    deletionGracePeriodSeconds: _grace,
    managedFields: _managers,
    ...kept
  } = metadata;
  object.metadata = {
    ...kept,
    name: metadata.name || unusedName(store, type, namespace, metadata.generateName),
    ...(namespace ? { namespace } : {}),
    uid: randomUUID(),
    creationTimestamp: formatTime(now),
    ...(type.strategy.generation ? { generation: 1 } : {}),
  };
}

/** A generated name that nobody has; after some tries the last one is taken and the write tells of the conflict. */
function unusedName(
  store: ReadView,
  type: ResourceType,
  namespace: string | undefined,
  prefix: string | undefined,
): string {
  if (!prefix) return "";
  let name = generateName(prefix);
  for (let tries = 0; tries < 8 && store.get(type, namespace, name); tries += 1) name = generateName(prefix);
  return name;
}
