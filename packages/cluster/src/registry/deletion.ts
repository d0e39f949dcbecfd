import { clone, formatTime, jsonEqual, type KubeObject } from "../api/objects.ts";
import { conflict } from "../api/status-error.ts";
import type { User } from "../auth/user.ts";
import type { ResourceType } from "../resources/resource-type.ts";

/** What a DELETE asks for. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground";
  readonly dryRun?: boolean;
  readonly user?: User;
}

/** The outcome of a deletion. */
export interface Deletion {
  /** The object as it stands now, or as it was last. */
  readonly object: KubeObject;
  /** True when it is gone; false when it waits for its grace time or finalizers. */
  readonly removed: boolean;
  /** True when it was being deleted already and nothing had to change. */
  readonly unchanged: boolean;
}

const orphanFinalizer = "orphan";
const foregroundFinalizer = "foregroundDeletion";

/**
 * What a deletion does to an object, as the API server decides it: at once, after a grace period (pods on a node), or
 * when the finalizers have gone. A second deletion may shorten the grace, never lengthen it.
 * @throws StatusError 409
 */
export function planDeletion(
  type: ResourceType,
  old: KubeObject,
  options: DeleteOptions,
  now: number,
): Deletion {
  checkPreconditions(type, old, options);
  const object = clone(old);
  choosePropagation(object, options.propagationPolicy, type.strategy.orphansByDefault ?? false);
  const grace = type.strategy.gracePeriod?.(object, options.gracePeriodSeconds) ?? 0;
  if (old.metadata.deletionTimestamp) return repeated(type, old, object, grace, options, now);
  markDeleted(type, object, grace, now);
  return { object, removed: grace === 0 && !heldBack(object), unchanged: false };
}

function repeated(
  type: ResourceType,
  old: KubeObject,
  object: KubeObject,
  grace: number,
  options: DeleteOptions,
  now: number,
): Deletion {
  const before = old.metadata.deletionGracePeriodSeconds ?? 0;
  const shortens =
    type.strategy.gracePeriod !== undefined && options.gracePeriodSeconds !== undefined && grace < before;
  const terminal = type.strategy.gracePeriod !== undefined && grace === 0 && before > 0;
  if (!shortens && !terminal) {
    if (before === 0 && !heldBack(object)) return { object, removed: true, unchanged: false };
    const redirected = !jsonEqual(object.metadata.finalizers, old.metadata.finalizers);
    if (before === 0 && redirected) return { object, removed: false, unchanged: false };
    return { object: old, removed: false, unchanged: true };
  }
  if (grace > 0) {
    const began = Date.parse(old.metadata.deletionTimestamp ?? formatTime(now)) - before * 1000;
    object.metadata.deletionTimestamp = formatTime(began + grace * 1000);
  }
  object.metadata.deletionGracePeriodSeconds = grace;
  return { object, removed: grace === 0 && !heldBack(object), unchanged: false };
}

function markDeleted(type: ResourceType, object: KubeObject, grace: number, now: number): void {
  object.metadata.deletionTimestamp = formatTime(now + grace * 1000);
  object.metadata.deletionGracePeriodSeconds = grace;
  if (object.metadata.generation !== undefined) object.metadata.generation += 1;
  if (type.group === "" && type.kind === "Namespace")
    object.status = { ...object.status, phase: "Terminating" };
}

function heldBack(object: KubeObject): boolean {
  // A namespace also waits for the finalizers of its spec.
  return Boolean(
    object.metadata.finalizers?.length || (object.kind === "Namespace" && object.spec?.finalizers?.length),
  );
}

/** Notes as a finalizer what is to become of the dependents: as asked, else as noted before, else by default. */
function choosePropagation(
  object: KubeObject,
  asked: DeleteOptions["propagationPolicy"],
  orphansByDefault: boolean,
): void {
  const before = object.metadata.finalizers ?? [];
  const noted = before.includes(orphanFinalizer)
    ? "Orphan"
    : before.includes(foregroundFinalizer)
      ? "Foreground"
      : undefined;
  const policy = asked ?? noted ?? (orphansByDefault ? "Orphan" : "Background");
  const others = before.filter((entry) => entry !== orphanFinalizer && entry !== foregroundFinalizer);
  const finalizers = [
    ...others,
    ...(policy === "Orphan" ? [orphanFinalizer] : []),
    ...(policy === "Foreground" ? [foregroundFinalizer] : []),
  ];
  if (finalizers.length > 0) object.metadata.finalizers = finalizers;
  else delete object.metadata.finalizers;
}

function checkPreconditions(type: ResourceType, old: KubeObject, { preconditions }: DeleteOptions): void {
  const { name, uid, resourceVersion } = old.metadata;
  // The API server names the kind here, where other conflicts name the resource.
  const subject = { group: "", plural: type.kind, kind: type.kind };
  if (preconditions?.uid && preconditions.uid !== uid) {
    throw conflict(
      subject,
      name,
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  }
  if (preconditions?.resourceVersion && preconditions.resourceVersion !== resourceVersion) {
    throw conflict(
      subject,
      name,
      `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
  }
}
