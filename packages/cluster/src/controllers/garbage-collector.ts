import type { KubeObject, OwnerReference } from "../api/objects.ts";
import { StatusError } from "../api/status-error.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import type { Controller, ControllerContext, ObjectChange } from "./controller.ts";

interface Dependent {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly owners: readonly string[];
}

/** Resources that own nothing and are owned by nobody worth following. */
const ignored = new Set(["events"]);

/** Deletes what belongs to objects that are gone, and carries the foreground and orphan policies out. */
export function garbageCollector(context: ControllerContext): Controller {
  const { registry } = context;
  const { store, types } = registry;
  const followed = types.all.filter(
    (type) => type.verbs.includes("watch") && type.verbs.includes("delete") && !ignored.has(type.plural),
  );
  const objects = new Map<string, Dependent>();
  const dependents = new Map<string, Set<string>>();

  function forget(uid: string): void {
    for (const owner of objects.get(uid)?.owners ?? []) {
      const set = dependents.get(owner);
      set?.delete(uid);
      if (set?.size === 0) dependents.delete(owner);
    }
    objects.delete(uid);
  }

  function remember(type: ResourceType, object: KubeObject): void {
    const uid = object.metadata.uid ?? "";
    const owners = (object.metadata.ownerReferences ?? []).map((owner) => owner.uid);
    const before = objects.get(uid)?.owners;
    if (before && before.length === owners.length && before.every((owner, index) => owner === owners[index]))
      return;
    forget(uid);
    objects.set(uid, { type, namespace: object.metadata.namespace, name: object.metadata.name, owners });
    for (const owner of owners) {
      const set = dependents.get(owner);
      if (set) set.add(uid);
      else dependents.set(owner, new Set([uid]));
    }
  }

  function keys(type: ResourceType, { deleted, object }: ObjectChange): Iterable<string> {
    const uid = object.metadata.uid ?? "";
    const owners = (object.metadata.ownerReferences ?? []).map((owner) => owner.uid);
    if (deleted) {
      const orphaned = [...(dependents.get(uid) ?? [])];
      forget(uid);
      // Owners that wait for their dependents look again too.
      return [...orphaned, ...owners];
    }
    remember(type, object);
    return owners.length > 0 || object.metadata.deletionTimestamp ? [uid] : [];
  }

  function ownerExists(owner: OwnerReference, namespace: string | undefined): boolean {
    const type = types.ofKind(owner.apiVersion, owner.kind);
    // An owner of a kind that this cluster does not know cannot be judged: its dependents stay.
    if (!type) return true;
    return store.get(type, type.namespaced ? namespace : undefined, owner.name)?.metadata.uid === owner.uid;
  }

  function collect(type: ResourceType, object: KubeObject): void {
    const owners = object.metadata.ownerReferences ?? [];
    const present = owners.filter((owner) => ownerExists(owner, object.metadata.namespace));
    if (owners.length === 0 || present.length === owners.length || object.metadata.deletionTimestamp) return;
    if (present.length === 0) {
      const uid = object.metadata.uid ?? "";
      registry.delete(type, object.metadata.namespace, object.metadata.name, {
        propagationPolicy: "Background",
        preconditions: { uid },
      });
      return;
    }
    registry.mutate(type, object.metadata.namespace, object.metadata.name, (current) => {
      current.metadata.ownerReferences = present;
      return current;
    });
  }

  function dependentsOf(uid: string): { readonly type: ResourceType; readonly object: KubeObject }[] {
    return [...(dependents.get(uid) ?? [])].flatMap((dependent) => {
      const found = objects.get(dependent);
      const object = found && store.get(found.type, found.namespace, found.name);
      return found && object?.metadata.uid === dependent ? [{ type: found.type, object }] : [];
    });
  }

  function dropFinalizer(type: ResourceType, owner: KubeObject, finalizer: string): void {
    registry.mutate(type, owner.metadata.namespace, owner.metadata.name, (current) => {
      current.metadata.finalizers = (current.metadata.finalizers ?? []).filter(
        (entry) => entry !== finalizer,
      );
      return current;
    });
  }

  function orphan(type: ResourceType, owner: KubeObject): void {
    const { uid } = owner.metadata;
    for (const { type: dependentType, object } of dependentsOf(uid ?? "")) {
      registry.mutate(dependentType, object.metadata.namespace, object.metadata.name, (current) => {
        current.metadata.ownerReferences = (current.metadata.ownerReferences ?? []).filter(
          (entry) => entry.uid !== uid,
        );
        return current;
      });
    }
    dropFinalizer(type, owner, "orphan");
  }

  function deleteInForeground(type: ResourceType, owner: KubeObject): void {
    const left = dependentsOf(owner.metadata.uid ?? "");
    for (const { type: dependentType, object } of left) {
      if (object.metadata.deletionTimestamp) continue;
      registry.delete(dependentType, object.metadata.namespace, object.metadata.name, {
        propagationPolicy: "Foreground",
      });
    }
    const blocking = dependentsOf(owner.metadata.uid ?? "").some(({ object }) =>
      object.metadata.ownerReferences?.some(
        (entry) => entry.uid === owner.metadata.uid && entry.blockOwnerDeletion,
      ),
    );
    if (!blocking) dropFinalizer(type, owner, "foregroundDeletion");
  }

  return {
    name: "garbage-collector",
    watches: followed.map((type) => ({ type, keys: (change) => keys(type, change) })),
    reconcile(uid) {
      const known = objects.get(uid);
      const object = known && store.get(known.type, known.namespace, known.name);
      if (!known || object?.metadata.uid !== uid) return;
      try {
        const finalizers = object.metadata.deletionTimestamp ? (object.metadata.finalizers ?? []) : [];
        if (finalizers.includes("orphan")) orphan(known.type, object);
        else if (finalizers.includes("foregroundDeletion")) deleteInForeground(known.type, object);
        else collect(known.type, object);
      } catch (error) {
        // Gone in the meantime is what was wanted.
        if (!(error instanceof StatusError) || error.code !== 404) throw error;
      }
    },
  };
}
