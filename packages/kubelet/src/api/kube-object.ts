import type { ObjectMeta } from "@vkubelet/core";

/** What every Kubernetes object has; everything else stays on it as it came. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
}

/** One event of a watch. `ERROR` events do not appear: the watch throws them. A bookmark carries only a resource version. */
export interface WatchEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: T;
}

/** A change of one object, as reflectors report it. */
export interface ChangeEvent<T> {
  readonly type: "added" | "modified" | "deleted";
  /** The new state; for `deleted` the last one known. */
  readonly object: T;
  /** The state before; absent for `added`. */
  readonly old?: T;
}
