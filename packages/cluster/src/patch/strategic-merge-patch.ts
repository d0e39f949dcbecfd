import { type Json, jsonEqual } from "../api/objects.ts";
import { badRequest } from "../api/status-error.ts";
import type { NamedSchema, Schema, Schemas } from "../openapi/schemas.ts";

const deletePrimitives = "$deleteFromPrimitiveList/";
const elementOrder = "$setElementOrder/";

function isObject(value: Json): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function strategies(schema: Schema | undefined): readonly string[] {
  return schema?.["x-kubernetes-patch-strategy"]?.split(",") ?? [];
}

/**
 * Applies a strategic merge patch by the merge keys of the schemas. Directives: `$patch` (replace, delete, merge),
 * `$retainKeys`, `$setElementOrder/…`, `$deleteFromPrimitiveList/…`. The document is left alone.
 * @throws StatusError 400
 */
export function applyStrategicMergePatch(
  schemas: Schemas,
  schemaName: string,
  document: Json,
  patch: Json,
): Json {
  if (!isObject(patch)) throw badRequest("error decoding patch: a strategic merge patch is an object");
  return mergeObject({ schemas }, schemas.get(schemaName), document, patch, 0);
}

interface Merge {
  readonly schemas: Schemas;
}

function mergeObject(
  merge: Merge,
  named: NamedSchema | undefined,
  document: Json,
  patch: Json,
  depth: number,
): Json {
  if (depth > 64) throw badRequest("error decoding patch: too deep");
  switch (patch.$patch) {
    case undefined:
    case "merge":
      break;
    case "replace":
      return withoutDirectives(patch);
    case "delete":
      return {};
    default:
      throw badRequest(`Unknown patch type found: ${String(patch.$patch)}`);
  }
  const result = new Map<string, Json>(isObject(document) ? Object.entries(document) : []);
  applyRetainKeys(result, patch);
  applyPrimitiveDeletions(result, patch);
  for (const [key, value] of Object.entries<Json>(patch)) {
    if (key.startsWith("$")) continue;
    if (value === null) {
      result.delete(key);
      continue;
    }
    // A directive is for what is there: without it nothing of the value is taken, not even by "replace".
    if (!result.has(key) && isObject(value) && value.$patch !== undefined) continue;
    const property = propertySchema(merge, named, key);
    const order = patch[elementOrder + key];
    result.set(key, mergeValue(merge, property, result.get(key), value, order, depth + 1));
  }
  applyPureOrders(merge, named, result, patch);
  return Object.fromEntries(result);
}

function propertySchema(merge: Merge, named: NamedSchema | undefined, key: string): Schema | undefined {
  const schema = named?.schema;
  if (schema?.properties) return Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
  return schema?.additionalProperties && merge.schemas.resolve(schema.additionalProperties).schema;
}

function mergeValue(
  merge: Merge,
  property: Schema | undefined,
  old: Json,
  value: Json,
  order: Json,
  depth: number,
): Json {
  if (isObject(value)) {
    const named = property && merge.schemas.resolve(property);
    return mergeObject(merge, named, old, value, depth);
  }
  if (!Array.isArray(value)) return value;
  if (!strategies(property).includes("merge")) return value.map(withoutDirectives);
  const key = property?.["x-kubernetes-patch-merge-key"];
  const base = Array.isArray(old) ? old : [];
  if (!key)
    return orderPrimitives([...base, ...value.filter((entry) => !base.includes(entry))], order ?? value);
  return mergeList(merge, property, key, base, value, order, depth);
}

function mergeList(
  merge: Merge,
  property: Schema | undefined,
  key: string,
  base: readonly Json[],
  patch: readonly Json[],
  order: Json,
  depth: number,
): Json {
  if (patch.some((entry) => entry?.$patch === "replace")) {
    return patch.filter((entry) => entry?.$patch !== "replace").map(withoutDirectives);
  }
  const items = merge.schemas.resolve(property?.items ?? {});
  const result = [...base];
  for (const entry of patch) {
    if (!isObject(entry)) throw badRequest("error decoding patch: list entries with a merge key are objects");
    if (entry[key] === undefined)
      throw badRequest(
        `map: ${JSON.stringify(entry).slice(0, 200)} does not contain declared merge key: ${key}`,
      );
    const index = result.findIndex((candidate) => candidate?.[key] === entry[key]);
    if (entry.$patch === "delete") {
      if (index >= 0) result.splice(index, 1);
    } else if (index >= 0) {
      result[index] = mergeObject(merge, items, result[index], entry, depth + 1);
    } else {
      result.push(mergeObject(merge, items, {}, entry, depth + 1));
    }
  }
  return orderByKey(result, base, order ?? patch, key);
}

/** What the client wrote comes in its order; what it does not know keeps its place among its neighbours. */
function orderByKey(items: Json[], base: readonly Json[], order: Json, key: string): Json[] {
  if (!Array.isArray(order)) return items;
  return arrange(
    items,
    base,
    (item) => item?.[key],
    order.map((entry) => entry?.[key]),
  );
}

function orderPrimitives(items: Json[], order: Json): Json[] {
  return Array.isArray(order) ? arrange(items, items, (item) => item, order) : items;
}

function arrange(
  items: Json[],
  base: readonly Json[],
  keyOf: (item: Json) => Json,
  order: readonly Json[],
): Json[] {
  const rank = new Map(order.map((key, index) => [key, index]));
  const ordered = items
    .filter((item) => rank.has(keyOf(item)))
    .sort((left, right) => (rank.get(keyOf(left)) ?? 0) - (rank.get(keyOf(right)) ?? 0));
  const position = new Map(base.map((item, index) => [keyOf(item), index]));
  const rest = items.filter((item) => !rank.has(keyOf(item)));
  const result: Json[] = [];
  for (const item of ordered) {
    const here = position.get(keyOf(item));
    while (rest.length > 0 && here !== undefined && (position.get(keyOf(rest[0])) ?? Infinity) < here)
      result.push(rest.shift());
    result.push(item);
  }
  return [...result, ...rest];
}

function applyRetainKeys(result: Map<string, Json>, patch: Json): void {
  const retain = patch.$retainKeys;
  if (retain === undefined) return;
  if (!Array.isArray(retain)) throw badRequest("error decoding patch: $retainKeys is a list");
  for (const key of [...result.keys()]) if (!retain.includes(key)) result.delete(key);
}

function applyPrimitiveDeletions(result: Map<string, Json>, patch: Json): void {
  for (const [directive, values] of Object.entries<Json>(patch)) {
    if (!directive.startsWith(deletePrimitives)) continue;
    const key = directive.slice(deletePrimitives.length);
    const old = result.get(key);
    if (!Array.isArray(values)) throw badRequest(`error decoding patch: ${directive} is a list`);
    if (Array.isArray(old))
      result.set(
        key,
        old.filter((entry) => !values.some((value) => jsonEqual(value, entry))),
      );
  }
}

/** `$setElementOrder/x` without `x` itself: only the order changes. */
function applyPureOrders(
  merge: Merge,
  named: NamedSchema | undefined,
  result: Map<string, Json>,
  patch: Json,
): void {
  for (const [directive, order] of Object.entries<Json>(patch)) {
    if (!directive.startsWith(elementOrder)) continue;
    const key = directive.slice(elementOrder.length);
    const old = result.get(key);
    if (Object.hasOwn(patch, key) || !Array.isArray(old)) continue;
    const mergeKey = propertySchema(merge, named, key)?.["x-kubernetes-patch-merge-key"];
    result.set(key, mergeKey ? orderByKey([...old], old, order, mergeKey) : orderPrimitives([...old], order));
  }
}

function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key, inner]) => !key.startsWith("$") && inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutDirectives(inner)]));
}
