import type { Json } from "../api/objects.ts";
import { badRequest } from "../api/status-error.ts";
import type { Schema, Schemas } from "../openapi/schemas.ts";
import type { FieldSet } from "./field-set.ts";
import { fieldStep, shapeOf } from "./field-shape.ts";

function isMap(value: Json): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmptyValue(value: Json): boolean {
  return value === undefined || value === null || Object.keys(value).length === 0;
}

/** What is live, overlaid with what is applied. @throws StatusError 400 (an applied list names an item twice) */
export function mergeFields(schemas: Schemas, schema: Schema, live: Json, applied: Json): Json {
  if (applied === undefined) return live;
  if (live === undefined && typeof applied !== "object") return applied;
  const shape = shapeOf(schemas, schema);
  if (shape.type === "leaf" || (isEmptyValue(live) && isEmptyValue(applied))) return applied;
  if (shape.type === "items") return mergeItems(schemas, shape, live ?? [], applied ?? []);
  const names = new Set([...Object.keys(live ?? {}), ...Object.keys(applied ?? {})]);
  const entries = [...names].map((name) => [
    name,
    mergeFields(schemas, shape.fieldOf(name), live?.[name], applied?.[name]),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

interface Items {
  readonly item: Schema;
  readonly stepOf: (item: Json) => string;
}

/** Items in the order of the applied list; those that it does not name keep their place among the live ones. */
function mergeItems(
  schemas: Schemas,
  { item, stepOf }: Items,
  live: readonly Json[],
  applied: readonly Json[],
): Json[] {
  const liveSteps = live.map(stepOf);
  const wanted = new Map<string, Json>();
  for (const value of applied) {
    const step = stepOf(value);
    if (wanted.has(step)) throw badRequest(`duplicate entries for key ${step.slice(2)}`);
    wanted.set(step, value);
  }
  const result: Json[] = [];
  const order = [...wanted.keys()];
  const take = (step: string) => {
    const at = liveSteps.indexOf(step);
    const repeated = liveSteps.indexOf(step, at + 1) > at;
    result.push(mergeFields(schemas, item, at < 0 || repeated ? undefined : live[at], wanted.get(step)));
  };
  let next = 0;
  for (const [at, step] of liveSteps.entries()) {
    if (!wanted.has(step)) {
      result.push(live[at]);
      continue;
    }
    const place = order.indexOf(step);
    while (next <= place) {
      take(order[next] ?? "");
      next += 1;
    }
  }
  while (next < order.length) {
    take(order[next] ?? "");
    next += 1;
  }
  return result;
}

/** A value without the fields and items of a set; `undefined` when nothing is left of it. */
export function removeFields(schemas: Schemas, schema: Schema, value: Json, removed: FieldSet): Json {
  const shape = shapeOf(schemas, schema);
  if (shape.type === "leaf") return typeof value === "object" && value !== null ? undefined : value;
  if (isEmptyValue(value)) return undefined;
  if (shape.type === "items") {
    const kept = (value as Json[]).flatMap((entry) => {
      const below = removed.below(shape.stepOf(entry));
      if (below.isMember) return [];
      return [below.isEmpty ? entry : removeFields(schemas, shape.item, entry, below)];
    });
    return kept.length > 0 ? kept : undefined;
  }
  if (!isMap(value)) return value;
  const kept = Object.entries<Json>(value).flatMap(([name, inner]) => {
    const below = removed.below(fieldStep(name));
    if (below.isMember) return [];
    if (below.isEmpty) return [[name, inner] as const];
    const left = removeFields(schemas, shape.fieldOf(name), inner, below);
    return left === undefined ? [] : [[name, left] as const];
  });
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}
