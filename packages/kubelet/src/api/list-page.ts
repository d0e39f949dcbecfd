import type { KubeObject } from "./kube-object.ts";

/** One page of a list, as the API server writes it. */
export interface ListPage<T> extends Pick<KubeObject, "apiVersion" | "kind"> {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  /** Go writes an empty list as null. */
  readonly items?: readonly T[] | null;
}

/** The item with the type that its list has for all: watches carry it on each object, and both must look the same. */
export function typedItem<T extends KubeObject>(item: T, page: ListPage<T>): T {
  if (item.kind !== undefined || page.kind === undefined || page.apiVersion === undefined) return item;
  return { apiVersion: page.apiVersion, kind: page.kind.replace(/List$/, ""), ...item };
}
