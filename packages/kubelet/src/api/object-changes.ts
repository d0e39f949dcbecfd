import type { ObjectMeta } from "@vkubelet/core";
import type { ChangeEvent, KubeObject, WatchEvent } from "./kube-object.ts";
import { type ObjectStore, objectKey } from "./object-store.ts";

/** What is kept of an object that came. */
export type Keep<T> = (received: T) => T;

/**
 * Brings `store` to the state of a complete list and answers what changed: deletions first, then the rest in the order
 * of the list. An object that was recreated under the same name is deleted and added.
 */
export function applyList<T extends KubeObject>(
  store: ObjectStore<T>,
  items: readonly T[],
  keep: Keep<T>,
): readonly ChangeEvent<T>[] {
  const listed = new Set(items.map(objectKey));
  const deleted: ChangeEvent<T>[] = [];
  for (const old of [...store.values()]) {
    if (listed.has(objectKey(old))) continue;
    store.delete(old);
    deleted.push({ type: "deleted", object: old, old });
  }
  return [...deleted, ...items.flatMap((item) => put(store, item, keep))];
}

/** Brings `store` up to one event of a watch and answers what changed. */
export function applyWatchEvent<T extends KubeObject>(
  store: ObjectStore<T>,
  event: WatchEvent<T>,
  keep: Keep<T>,
): readonly ChangeEvent<T>[] {
  if (event.type === "BOOKMARK") return [];
  if (event.type !== "DELETED") return put(store, event.object, keep);
  const old = store.getByKey(objectKey(event.object));
  // Another UID under the name is a later object, which this deletion is not about.
  if (old === undefined || old.metadata?.uid !== event.object.metadata?.uid) return [];
  store.delete(old);
  return [{ type: "deleted", object: event.object, old }];
}

function put<T extends KubeObject>(store: ObjectStore<T>, received: T, keep: Keep<T>): ChangeEvent<T>[] {
  const object = keep(withoutManagers(received));
  const old = store.getByKey(objectKey(object));
  if (old === undefined) {
    store.set(object);
    return [{ type: "added", object }];
  }
  if (old.metadata?.uid !== object.metadata?.uid) {
    store.set(object);
    return [
      { type: "deleted", object: old, old },
      { type: "added", object },
    ];
  }
  if (old.metadata?.resourceVersion === object.metadata?.resourceVersion) return [];
  store.set(object);
  return [{ type: "modified", object, old }];
}

function withoutManagers<T extends KubeObject>(object: T): T {
  const held: ObjectMeta & { readonly managedFields?: unknown } = object.metadata ?? {};
  if (held.managedFields === undefined) return object;
  const { managedFields: _, ...metadata } = held;
  return { ...object, metadata };
}
