import type { Json } from "../api/objects.ts";
import type { Schema, Schemas } from "../openapi/schemas.ts";
import { pathText } from "./field-set.ts";
import { fieldStep, type Shape, shapeOf } from "./field-shape.ts";

interface Walk {
  readonly schemas: Schemas;
  readonly problems: string[];
}

const expectations: Readonly<Record<string, readonly [type: string, text: string]>> = {
  string: ["string", "string"],
  integer: ["number", "numeric (int or float)"],
  number: ["number", "numeric (int or float)"],
  boolean: ["boolean", "boolean"],
};

/** The name of a value's type in Go. */
function goType(value: Json): string {
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  if (typeof value === "object") return "map[string]interface {}";
  return typeof value === "boolean" ? "bool" : typeof value;
}

function checkLeaf(walk: Walk, schema: Schema, value: Json, path: readonly string[]): void {
  const expected = expectations[walk.schemas.resolve(schema).schema.type ?? ""];
  if (value === null || !expected || typeof value === expected[0]) return;
  walk.problems.push(`${pathText(path)}: expected ${expected[1]}, got ${goType(value)}`);
}

function check(walk: Walk, schema: Schema, value: Json, path: readonly string[]): void {
  const shape = shapeOf(walk.schemas, schema);
  if (shape.type === "leaf") {
    checkLeaf(walk, schema, value, path);
  } else if (shape.type === "items") {
    checkItems(walk, shape, value, path);
  } else if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    checkFields(walk, schema, shape, value, path);
  }
}

function checkItems(
  walk: Walk,
  shape: Extract<Shape, { readonly type: "items" }>,
  value: Json,
  path: readonly string[],
): void {
  if (!Array.isArray(value)) return;
  const seen = new Set<string>();
  for (const item of value) {
    const step = shape.stepOf(item);
    if (seen.has(step))
      walk.problems.push(`${pathText(path)}: duplicate entries for key ${pathText([step])}`);
    seen.add(step);
    check(walk, shape.item, item, [...path, step]);
  }
}

function checkFields(
  walk: Walk,
  schema: Schema,
  shape: Extract<Shape, { readonly type: "fields" }>,
  value: Json,
  path: readonly string[],
): void {
  const isMap = walk.schemas.resolve(schema).schema.properties === undefined;
  for (const [name, inner] of Object.entries<Json>(value)) {
    const at = [...path, fieldStep(name)];
    if (isMap || shape.isKnown(name)) check(walk, shape.fieldOf(name), inner, at);
    else walk.problems.push(`${pathText(at)}: field not declared in schema`);
  }
}

/** Why an applied configuration is not of its type, in the API server's words; undefined when it is. */
export function typeProblem(schemas: Schemas, schema: Schema, configuration: Json): string | undefined {
  const walk: Walk = { schemas, problems: [] };
  check(walk, schema, configuration, []);
  const [only, ...others] = walk.problems;
  if (only === undefined || others.length === 0) return only;
  return `errors:\n${walk.problems.map((problem) => `  ${problem}`).join("\n")}`;
}
