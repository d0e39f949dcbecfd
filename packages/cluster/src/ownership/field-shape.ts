import type { Json } from "../api/objects.ts";
import { badRequest } from "../api/status-error.ts";
import type { Schema, Schemas } from "../openapi/schemas.ts";

/** How a value is owned: as a whole, by its fields, or by its items. */
export type Shape =
  | { readonly type: "leaf" }
  | {
      readonly type: "fields";
      readonly fieldOf: (name: string) => Schema;
      readonly isKnown: (name: string) => boolean;
    }
  | { readonly type: "items"; readonly item: Schema; readonly stepOf: (item: Json) => string };

const leaf: Shape = { type: "leaf" };
const unknown: Schema = {};

/** One field of an object as a step of a path. */
export function fieldStep(name: string): string {
  return `f:${name}`;
}

/** The step of an item of an associative list: its keys, sorted, those that are missing with their defaults. */
function keyStep(schemas: Schemas, item: Schema, keys: readonly string[], value: Json): string {
  const { properties = {} } = schemas.resolve(item).schema;
  const entries = [...keys].sort().flatMap((key) => {
    const found = value?.[key] ?? properties[key]?.default;
    return found === undefined ? [] : [[key, found] as const];
  });
  if (entries.length === 0) {
    const named = keys.map((key) => JSON.stringify(key)).join(", ");
    throw badRequest(`an item of an associative list omits its key ${named}`);
  }
  return `k:${JSON.stringify(Object.fromEntries(entries))}`;
}

function itemsOf(schemas: Schemas, schema: Schema): Shape {
  const item = schema.items ?? unknown;
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  switch (schema["x-kubernetes-list-type"]) {
    case "map":
      return { type: "items", item, stepOf: (value) => keyStep(schemas, item, keys, value) };
    case "set":
      return { type: "items", item, stepOf: (value) => `v:${JSON.stringify(value)}` };
    default:
      return leaf;
  }
}

/** The shape of values of a schema, by its list and map types. Lists are owned as a whole unless they say otherwise. */
export function shapeOf(schemas: Schemas, schema: Schema): Shape {
  const { schema: resolved } = schemas.resolve(schema);
  const mapType = schema["x-kubernetes-map-type"] ?? resolved["x-kubernetes-map-type"];
  if (resolved.type === "array") return itemsOf(schemas, resolved);
  if (mapType === "atomic") return leaf;
  const { properties, additionalProperties } = resolved;
  if (properties) {
    const isKnown = (name: string) => Object.hasOwn(properties, name);
    return {
      type: "fields",
      isKnown,
      fieldOf: (name) => (isKnown(name) ? (properties[name] ?? unknown) : unknown),
    };
  }
  if (!additionalProperties) return leaf;
  return { type: "fields", isKnown: () => false, fieldOf: () => additionalProperties };
}
