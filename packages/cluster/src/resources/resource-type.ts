import type { KubeObject } from "../api/objects.ts";
import type { FieldError } from "../api/status-error.ts";
import type { Store } from "../store/store.ts";
import type { ResourceTypes } from "./resource-types.ts";

/** What a strategy may look at besides the object. */
export interface StrategyContext {
  readonly store: Store;
  readonly types: ResourceTypes;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Name of the user who asks. */
  readonly userName: string;
  readonly userGroups: readonly string[];
  /** Whether a node lifecycle controller will take the not-ready taint of new nodes away. */
  readonly taintNewNodes: boolean;
}

/** How one resource differs from the rest. Objects given to these functions are writable and already of known shape. */
export interface Strategy {
  /** `metadata.generation` counts changes of everything but metadata and status. */
  readonly generation?: boolean;
  /** On create the status given by the client is kept (nodes register with one). */
  readonly keepStatusOnCreate?: boolean;
  /** A write of the status may change labels and annotations too (pods, nodes). */
  readonly statusWritesMetadata?: boolean;
  /** DELETE answers the object instead of a Status. */
  readonly returnsDeleted?: boolean;
  /** A deletion that names no propagation policy leaves the dependents behind, as it did in the first versions of the kind. */
  readonly orphansByDefault?: boolean;
  readonly nameRule?: "subdomain" | "label" | "label1035" | "path";
  /** `validate` itself says which values an enumeration does not have, in words of its own. */
  readonly validatesEnums?: boolean;
  /** Fills in what the API fills in; must be idempotent. */
  defaults?(object: KubeObject): void;
  prepareCreate?(object: KubeObject, context: StrategyContext): void;
  prepareUpdate?(object: KubeObject, old: KubeObject, context: StrategyContext): void;
  validate?(object: KubeObject): FieldError[];
  validateUpdate?(object: KubeObject, old: KubeObject): FieldError[];
  /** What is wrong with an update of a subresource. */
  validateSubresource?(subresource: string, object: KubeObject, old: KubeObject): FieldError[];
  /** Fields for selectors, besides `metadata.name` and `metadata.namespace`. */
  fields?(object: KubeObject): Record<string, string>;
  /** Seconds of grace for a deletion that asks for `requested`; without this function every deletion is immediate. */
  gracePeriod?(object: KubeObject, requested: number | undefined): number;
}

/** One column of a table. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

/** A subresource as discovery names it. */
export interface SubresourceInfo {
  readonly subresource: string;
  readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly verbs: readonly string[];
}

/** A resource that the cluster serves. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: ReadonlyMap<string, SubresourceInfo>;
  readonly columns: readonly TableColumn[];
  readonly strategy: Strategy;
}

/** `v1` or `apps/v1`. */
export function apiVersionOf(type: { readonly group: string; readonly version: string }): string {
  return type.group ? `${type.group}/${type.version}` : type.version;
}

/** All selectable fields of an object. */
export function selectableFields(type: ResourceType, object: KubeObject): Record<string, string> {
  return {
    "metadata.name": object.metadata.name,
    ...(type.namespaced ? { "metadata.namespace": object.metadata.namespace ?? "" } : {}),
    ...type.strategy.fields?.(object),
  };
}
