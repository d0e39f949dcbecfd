import { type Json, jsonEqual } from "../api/objects.ts";
import type { Schema, Schemas } from "../openapi/schemas.ts";
import { FieldSet, FieldSetBuilder } from "./field-set.ts";
import { fieldStep, shapeOf } from "./field-shape.ts";

function isMap(value: Json): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmptyValue(value: Json): boolean {
  return (
    value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0)
  );
}

/** Values of an associative list by their steps; repeated ones are kept together. */
function byStep(items: Json, stepOf: (item: Json) => string): Map<string, Json[]> {
  const result = new Map<string, Json[]>();
  for (const item of Array.isArray(items) ? items : []) {
    const step = stepOf(item);
    result.set(step, [...(result.get(step) ?? []), item]);
  }
  return result;
}

/** The paths of everything that a value says. */
export function fieldsOf(schemas: Schemas, schema: Schema, value: Json): FieldSet {
  const set = new FieldSetBuilder();
  collect(schemas, schema, value, [], set);
  return set.build();
}

function collect(
  schemas: Schemas,
  schema: Schema,
  value: Json,
  path: readonly string[],
  set: FieldSetBuilder,
): void {
  const shape = shapeOf(schemas, schema);
  if (shape.type === "leaf") {
    set.insert(path);
  } else if (shape.type === "items") {
    for (const [step, [first, ...repeated]] of byStep(value, shape.stepOf)) {
      if (repeated.length === 0) collect(schemas, shape.item, first, [...path, step], set);
      set.insert([...path, step]);
    }
  } else if (isMap(value)) {
    for (const [name, inner] of Object.entries<Json>(value)) {
      const at = [...path, fieldStep(name)];
      collect(schemas, shape.fieldOf(name), inner, at, set);
      if (inner === null || (isMap(inner) && isEmptyValue(inner)) || !shape.isKnown(name)) set.insert(at);
    }
  }
}

/** Which paths differ between two states of an object. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

interface Walk {
  readonly schemas: Schemas;
  readonly added: FieldSetBuilder;
  readonly modified: FieldSetBuilder;
  readonly removed: FieldSetBuilder;
}

/** Compares two states of an object; `undefined` is an absent value. */
export function compareFields(schemas: Schemas, schema: Schema, before: Json, after: Json): Comparison {
  const walk: Walk = {
    schemas,
    added: new FieldSetBuilder(),
    modified: new FieldSetBuilder(),
    removed: new FieldSetBuilder(),
  };
  compare(walk, schema, before, after, []);
  return { added: walk.added.build(), modified: walk.modified.build(), removed: walk.removed.build() };
}

function compare(walk: Walk, schema: Schema, before: Json, after: Json, path: readonly string[]): void {
  if (before === after) return;
  const shape = shapeOf(walk.schemas, schema);
  const isLeaf = shape.type === "leaf" || (isEmptyValue(before) && isEmptyValue(after));
  if (before === undefined) walk.added.insert(path);
  else if (after === undefined) walk.removed.insert(path);
  else if (isLeaf && !jsonEqual(before, after)) walk.modified.insert(path);
  if (isLeaf) return;
  if (shape.type === "items") compareItems(walk, shape, before, after, path);
  else if (shape.type === "fields") {
    for (const name of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]))
      compare(walk, shape.fieldOf(name), before?.[name], after?.[name], [...path, fieldStep(name)]);
  }
}

function compareItems(
  walk: Walk,
  shape: { readonly item: Schema; readonly stepOf: (item: Json) => string },
  before: Json,
  after: Json,
  path: readonly string[],
): void {
  const [left, right] = [byStep(before, shape.stepOf), byStep(after, shape.stepOf)];
  for (const step of new Set([...left.keys(), ...right.keys()])) {
    const [old, next] = [left.get(step) ?? [], right.get(step) ?? []];
    const at = [...path, step];
    if (old.length < 2 && next.length < 2) compare(walk, shape.item, old[0], next[0], at);
    else if (old.length > 1 && next.length > 1) {
      if (!jsonEqual(old, next)) walk.modified.insert(at);
    } else if (old.length > 1) {
      if (next.length > 0) compare(walk, shape.item, undefined, next[0], at);
      walk.removed.insert(at);
    } else {
      if (old.length > 0) compare(walk, shape.item, old[0], undefined, at);
      walk.added.insert(at);
    }
  }
}

/**
 * The set with every field of the schema that leads to one of its paths, so that an object goes with its last field. Keys
 * of maps and items of lists stay as they are.
 */
export function withNamedFields(schemas: Schemas, schema: Schema, set: FieldSet): FieldSet {
  const shape = shapeOf(schemas, schema);
  const children = [...set.children].map(([step, child]): [string, FieldSet] => {
    if (shape.type === "items") return [step, withNamedFields(schemas, shape.item, child)];
    if (shape.type === "leaf") return [step, child];
    const name = step.slice(fieldStep("").length);
    const inner = withNamedFields(schemas, shape.fieldOf(name), child);
    const leads = child.children.size > 0 && shape.isKnown(name);
    return [step, leads ? new FieldSet(true, inner.children) : inner];
  });
  return new FieldSet(set.isMember, new Map(children));
}
