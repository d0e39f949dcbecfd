import type { KubeObject } from "../api/objects.ts";
import type { Registry } from "../registry/registry.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import { type LabelSelector, selectsLabels } from "../selectors/label-selector.ts";
import { keyOf, type ObjectChange } from "./controller.ts";
import { controllerOf, controllerReference } from "./owner.ts";

/** A workload with how it finds what belongs to it. */
export interface Claimant {
  readonly type: ResourceType;
  readonly object: KubeObject;
  readonly selector: LabelSelector | undefined;
}

/** What a claim looks at and what it does to those it takes over. */
export interface ClaimOptions {
  /** Those that no controller has and that this leaves out are not taken over. */
  readonly adopts?: (object: KubeObject) => boolean;
  /** Finalizer that goes with the adoption. */
  readonly finalizer?: string;
}

function release(registry: Registry, dependents: ResourceType, owner: KubeObject, object: KubeObject): void {
  registry.mutate(dependents, object.metadata.namespace, object.metadata.name, (current) => {
    const kept = (current.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid);
    current.metadata.ownerReferences = kept;
    return current;
  });
}

function adopt(
  registry: Registry,
  dependents: ResourceType,
  { type, object: owner }: Claimant,
  object: KubeObject,
  finalizer: string | undefined,
): KubeObject {
  return registry.mutate(dependents, object.metadata.namespace, object.metadata.name, (current) => {
    const { metadata } = current;
    metadata.ownerReferences = [...(metadata.ownerReferences ?? []), controllerReference(type, owner)];
    if (finalizer) metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), finalizer])];
    return current;
  });
}

/**
 * The dependents of a workload, after taking over those of nobody that its selector selects and letting go of its own
 * that it no longer selects. A workload that is being deleted does neither.
 */
export function claimDependents(
  registry: Registry,
  claimant: Claimant,
  dependents: ResourceType,
  options: ClaimOptions = {},
): KubeObject[] {
  const { object: owner, selector } = claimant;
  const { namespace = "", uid = "", deletionTimestamp } = owner.metadata;
  const claimed: KubeObject[] = [];
  for (const object of registry.store.listIndexed(dependents, "controller", uid) ?? []) {
    if (selectsLabels(selector, object.metadata.labels)) claimed.push(object);
    else if (!deletionTimestamp) release(registry, dependents, owner, object);
  }
  if (deletionTimestamp) return claimed;
  for (const object of registry.store.listIndexed(dependents, "uncontrolled", namespace) ?? []) {
    if (object.metadata.deletionTimestamp || !selectsLabels(selector, object.metadata.labels)) continue;
    if (options.adopts?.(object) === false) continue;
    claimed.push(adopt(registry, dependents, claimant, object, options.finalizer));
  }
  return claimed;
}

/** The workloads that a change of a possible dependent concerns: its controller, or all that would take it over. */
export function claimantKeys(
  registry: Registry,
  type: ResourceType,
  { deleted, object }: ObjectChange,
  selectorOf: (workload: KubeObject) => LabelSelector | undefined = ({ spec }) => spec?.selector,
): string[] {
  const { namespace } = object.metadata;
  const owner = controllerOf(object);
  if (owner) {
    const own = registry.types.ofKind(owner.apiVersion, owner.kind) === type;
    return own ? [`${namespace}/${owner.name}`] : [];
  }
  if (deleted || object.metadata.deletionTimestamp) return [];
  return registry.store
    .list(type, namespace)
    .filter((workload) => selectsLabels(selectorOf(workload), object.metadata.labels))
    .map(keyOf);
}
