import type { FieldIssue } from "@vkubelet/core";
import { joinKey } from "../audit/field-path.ts";
import { type ApiType, apiType, type FieldType, findApiType } from "./api-types.ts";
import { scalarProblem, wrongKind } from "./check-scalar.ts";
import { unknownFieldMessage } from "./unknown-field.ts";

/** The types that {@link checkObject} knows by name: objects that stand on their own, and the parts people pass around. */
export type SchemaTypeName =
  | "ConfigMap"
  | "Container"
  | "CronJob"
  | "DaemonSet"
  | "Deployment"
  | "Job"
  | "List"
  | "ObjectMeta"
  | "PersistentVolumeClaim"
  | "Pod"
  | "PodSpec"
  | "PodTemplateSpec"
  | "ReplicaSet"
  | "ReplicationController"
  | "Secret"
  | "Service"
  | "ServiceAccount"
  | "StatefulSet"
  | "Volume";

/** Options of {@link checkObject}. */
export interface CheckOptions {
  /** Whether fields that the API does not know are issues, too. Default false: the audit of a pod names them. */
  readonly unknownFields?: boolean;
}

/** Issues that are named one by one; the others are counted. */
const namedIssues = 100;
/** Values that are looked at: more do not fit into a request to an API server, which takes 3 MiB. */
const valueBudget = 2_000_000;
/** Levels below a place of which the API says nothing. */
const freeDepth = 64;
/** The longest key of a label with its prefix; a longer one is cut where a path names it. */
const shownKey = 317;
/** Keys that change an object's nature where careless code assigns them. */
const hostileKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

type Json = Readonly<Record<string, unknown>>;

/**
 * Everything about the form of `value` that keeps the API server from reading it as `type`, all at once, each with its
 * path below `path`: wrong kinds, quantities, times, base64 and integers that are none, texts that are none of the
 * known ones, required fields that are missing, a `kind` or `apiVersion` of something else. null counts as unset. What
 * no JSON document can hold (functions, instances of classes, computed properties, cycles) is an issue, and so are the
 * keys `__proto__`, `constructor` and `prototype` wherever they stand. Values are never shown: they may be secret.
 *
 * For any input at all it returns, in time linear in its size: at most 100 issues are named, the last entry says how
 * many more there are; beyond 2,000,000 values nothing is looked at, which is an issue of its own.
 */
export function checkObject(
  value: unknown,
  type: SchemaTypeName,
  path = "",
  options: CheckOptions = {},
): readonly FieldIssue[] {
  const check = new Check(options.unknownFields ?? false);
  try {
    check.named(value, apiType(type), path);
  } catch (error) {
    // Only reading a value can fail: a proxy may throw whatever it likes. Its words are not to be trusted either.
    if (!(error instanceof BudgetError))
      check.add(path, "cannot be read: it is an object that refuses to be looked at");
  }
  return check.result(path);
}

class BudgetError extends Error {}

class Check {
  readonly #issues: FieldIssue[] = [];
  readonly #unknownFields: boolean;
  #unnamed = 0;
  #left = valueBudget;

  constructor(unknownFields: boolean) {
    this.#unknownFields = unknownFields;
  }

  result(path: string): readonly FieldIssue[] {
    if (this.#unnamed === 0) return this.#issues;
    return [...this.#issues, { path, message: `and ${this.#unnamed} more` }];
  }

  add(path: string, message: string): void {
    if (this.#issues.length < namedIssues) this.#issues.push({ path, message });
    else this.#unnamed++;
  }

  /** An object that says itself what it is. One within another (a claim's template) may say anything. */
  named(value: unknown, type: ApiType, path: string): void {
    this.#spend(path);
    this.#object(value, type, path, "named");
  }

  value(value: unknown, type: FieldType, path: string): void {
    this.#spend(path);
    if (type.kind === "list") this.#list(value, type.element, path);
    else if (type.kind === "map") this.#map(value, type.value, path);
    else if (type.kind === "reference") this.#object(value, apiType(type.type), path);
    else if (type.kind === "any") this.#free(value, path, []);
    else {
      const problem = scalarProblem(value, type);
      if (problem !== undefined) this.add(path, problem);
    }
  }

  #list(value: unknown, element: FieldType, path: string): void {
    if (!Array.isArray(value)) {
      this.add(path, wrongKind("a list", value));
      return;
    }
    for (let index = 0; index < value.length; index++) {
      const at = `${path}[${index}]`;
      const item: unknown = value[index] ?? undefined;
      // The API server reads null among objects as an object without fields, and among others as an empty value.
      if (item !== undefined) this.value(item, element, at);
      else if (element.kind === "reference") this.value({}, element, at);
      else this.#spend(path);
    }
  }

  #map(value: unknown, type: FieldType, path: string): void {
    if (!this.#isPlain(value, path)) return;
    for (const key of Object.keys(value)) {
      const at = keyPath(path, key);
      const content = this.#read(value, key, at);
      if (content !== undefined) this.value(content, type, at);
    }
  }

  #object(value: unknown, type: ApiType, path: string, role?: "named"): void {
    if (!this.#isPlain(value, path)) return;
    for (const key of Object.keys(value)) {
      const field = type.fields.get(key);
      const at = field === undefined ? keyPath(path, key) : childPath(path, key);
      const content = this.#read(value, key, at);
      if (content === undefined) continue;
      if (type.name === "List" && key === "items") this.#items(content, at);
      else if (field !== undefined) this.value(content, field.type, at);
      else this.#unknown(content, key, type, at);
    }
    for (const field of type.fields.values()) {
      if (!field.required && !(field.name === "spec" && hasSpec(type))) continue;
      const content = Object.hasOwn(value, field.name) ? (value[field.name] ?? undefined) : undefined;
      const unset = content === undefined || (content === "" && field.type.kind === "enum");
      if (unset) this.add(childPath(path, field.name), "is required and missing");
    }
    if (role === "named" && type.apiVersion !== undefined) this.#identity(value, type, path);
  }

  /** `status` is for the cluster to write, and no field of these types. */
  #unknown(value: unknown, key: string, type: ApiType, path: string): void {
    const isStatus = key === "status" && type.apiVersion !== undefined;
    if (this.#unknownFields && !isStatus && !hostileKeys.has(key)) {
      this.add(path, unknownFieldMessage(key, type));
    }
    this.#free(value, path, []);
  }

  #identity(value: Json, type: ApiType, path: string): void {
    for (const [name, wanted] of [
      ["apiVersion", type.apiVersion],
      ["kind", type.name],
    ] as const) {
      const actual = Object.hasOwn(value, name) ? value[name] : undefined;
      if (typeof actual === "string" && actual !== wanted) {
        this.add(childPath(path, name), `must be ${wanted} for a ${type.name}`);
      }
    }
  }

  /** The items of a List, each by its own kind. */
  #items(items: unknown, path: string): void {
    if (!Array.isArray(items)) {
      this.add(path, wrongKind("a list", items));
      return;
    }
    for (let index = 0; index < items.length; index++) this.#item(items[index], `${path}[${index}]`);
  }

  #item(item: unknown, path: string): void {
    this.#spend(path);
    if (!this.#isPlain(item, path)) return;
    const kind = Object.hasOwn(item, "kind") ? this.#read(item, "kind", childPath(path, "kind")) : undefined;
    const type = typeof kind === "string" ? findApiType(kind) : undefined;
    if (kind === undefined) this.add(childPath(path, "kind"), "is required and missing");
    else if (kind === "List") this.add(path, "is a List itself; put its items into the outer one");
    else if (type?.apiVersion !== undefined) this.named(item, type, path);
    // Other kinds are none of a virtual kubelet's business.
    else this.#free(item, path, []);
  }

  /** JSON of which the API says nothing: only that it is JSON. */
  #free(value: unknown, path: string, owners: readonly unknown[]): void {
    this.#spend(path);
    if (typeof value === "string" || typeof value === "boolean" || value === null || value === undefined)
      return;
    if (typeof value === "number") {
      if (!Number.isFinite(value)) this.add(path, "is no number that JSON can hold");
    } else if (owners.includes(value)) {
      this.add(path, "refers back to an object that holds it");
    } else if (owners.length === freeDepth) {
      this.add(path, `is nested more than ${freeDepth} levels deep`);
    } else if (Array.isArray(value)) {
      const inner = [...owners, value];
      for (let index = 0; index < value.length; index++) this.#free(value[index], `${path}[${index}]`, inner);
    } else if (this.#isPlain(value, path)) {
      const inner = [...owners, value];
      for (const key of Object.keys(value)) {
        const at = keyPath(path, key);
        this.#free(this.#read(value, key, at), at, inner);
      }
    }
  }

  /** The value of a key; undefined where it counts as unset, or where it is an issue already. */
  #read(owner: Json, key: string, path: string): unknown {
    if (hostileKeys.has(key)) {
      this.add(path, `${key} is no name for a field; remove it`);
      return undefined;
    }
    const descriptor = Object.getOwnPropertyDescriptor(owner, key);
    if (descriptor !== undefined && !("value" in descriptor)) {
      this.add(path, "is computed by code; plain data is wanted");
      return undefined;
    }
    return descriptor?.value ?? undefined;
  }

  #isPlain(value: unknown, path: string): value is Json {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.add(path, wrongKind("an object", value));
      return false;
    }
    // Objects of another realm have an Object.prototype of their own, with nothing above it either.
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null || Object.getPrototypeOf(prototype) === null) return true;
    this.add(path, "is an instance of a class; plain data is wanted");
    return false;
  }

  #spend(path: string): void {
    if (this.#left-- > 0) return;
    this.add(path, `the input holds more than ${valueBudget} values; the rest was not looked at`);
    throw new BudgetError();
  }
}

/** The API server refuses what has no spec, though its documents do not say so. */
function hasSpec(type: ApiType): boolean {
  return type.apiVersion !== undefined || type.name === "PodTemplateSpec";
}

function childPath(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function keyPath(path: string, key: string): string {
  const joined = joinKey(path, key.length > shownKey ? `${key.slice(0, shownKey)}…` : key);
  return path === "" && joined.startsWith(".") ? joined.slice(1) : joined;
}
