/**
 * Raw JSON of a Kubernetes object. Its shape is checked at the door against the API's schemas (`openapi/`), so inside the
 * cluster it is read without further checks.
 */
// biome-ignore lint/suspicious/noExplicitAny: the schemas are data, not types; the door has checked the shape.
export type Json = any;

/** Reference from a dependent object to its owner. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Metadata of an object as it stands in JSON; times are RFC 3339 strings. */
export interface ObjectMeta {
  name: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  /** Who owns which fields, from the first server-side apply on. */
  managedFields?: Json[];
}

/** An object as the API serves it. Objects in the store are deeply frozen: clone before a change. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec?: Json;
  status?: Json;
  [field: string]: Json;
}

/** A deep, writable copy. */
export function clone<T>(value: T): T {
  return structuredClone(value);
}

/** Freezes a value and everything in it; already frozen parts are taken as finished. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}

/** Structural equality of JSON values; the order of keys does not count. */
export function jsonEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const leftKeys = Object.keys(left).filter((key) => (left as Json)[key] !== undefined);
  const rightKeys = Object.keys(right).filter((key) => (right as Json)[key] !== undefined);
  if (leftKeys.length !== rightKeys.length) return false;
  return leftKeys.every(
    (key) => Object.hasOwn(right, key) && jsonEqual((left as Json)[key], (right as Json)[key]),
  );
}

const serialized = new WeakMap<object, string>();

/** JSON text of a frozen object, kept as long as the object lives: lists and watches send the same object often. */
export function toJson(object: KubeObject): string {
  if (!Object.isFrozen(object)) return JSON.stringify(object);
  let text = serialized.get(object);
  if (text === undefined) {
    text = JSON.stringify(object);
    serialized.set(object, text);
  }
  return text;
}

/** A time in the seconds precision of `metav1.Time`. */
export function formatTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
