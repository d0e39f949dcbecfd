import type { Json } from "../api/objects.ts";
import { badRequest, type FieldError, unsupportedField } from "../api/status-error.ts";
import { canonicalQuantity } from "../resources/canonical-quantity.ts";
import type { NamedSchema, Schema, Schemas } from "./schemas.ts";

/** A body after the check: known fields only, and what was found besides. */
export interface CheckedBody {
  readonly value: Json;
  /** Paths of unknown fields, as the API server writes them: `spec.containers[0].foo`. */
  readonly unknownFields: readonly string[];
  /** Values outside of an enumeration. */
  readonly enumErrors: readonly FieldError[];
}

const maximumDepth = 64;
/** The one place where the API server leaves a list of resources unrounded. */
const unroundedOwner = "io.k8s.api.node.v1.Overhead";
const quantityName = "io.k8s.apimachinery.pkg.api.resource.Quantity";

interface Walk {
  readonly schemas: Schemas;
  readonly unknownFields: string[];
  readonly enumErrors: FieldError[];
  readonly kind: string;
  readonly version: string;
}

/**
 * Checks a body against the definition `name` as the API server's decoder does: unknown fields are dropped and named,
 * nulls are absent fields, quantities
 * take their canonical form, a value of the wrong type is refused.
 * @throws StatusError 400
 */
export function checkBody(
  schemas: Schemas,
  name: string,
  body: Json,
  kind: string,
  version: string,
): CheckedBody {
  const root = schemas.get(name);
  if (!root) throw new Error(`no schema ${name}`);
  const walk: Walk = { schemas, unknownFields: [], enumErrors: [], kind, version };
  const value = checkValue(walk, root, body, [], "");
  return { value, unknownFields: walk.unknownFields, enumErrors: walk.enumErrors };
}

function describe(value: Json): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value;
}

/** A path as in Go's JSON errors: no indexes. */
function wrongType(
  walk: Walk,
  owner: string,
  path: readonly (string | number)[],
  value: Json,
  type: string,
): never {
  const fields = path.filter((part) => typeof part === "string").join(".");
  const struct = owner.split(".").at(-1) ?? "";
  throw badRequest(
    `${walk.kind} in version "${walk.version}" cannot be handled as a ${walk.kind}: json: cannot unmarshal ` +
      `${describe(value)} into Go struct field ${struct}.${fields} of type ${type}`,
  );
}

/** `spec.containers[0].name` */
export function formatPath(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    "",
  );
}

function checkValue(
  walk: Walk,
  named: NamedSchema,
  value: Json,
  path: (string | number)[],
  owner: string,
): Json {
  if (path.length > maximumDepth) throw badRequest("json: exceeded max depth");
  const { schema, name } = named;
  if (schema.properties) return checkObject(walk, schema, name ?? owner, value, path, owner);
  if (schema.type === "array") return checkArray(walk, schema, value, path, owner);
  if (schema.additionalProperties) return checkMap(walk, schema, value, path, owner);
  if (name === quantityName) return checkQuantity(walk, value, path, owner, false);
  return checkScalar(walk, schema, value, path, owner);
}

function checkObject(
  walk: Walk,
  schema: Schema,
  name: string,
  value: Json,
  path: (string | number)[],
  owner: string,
): Json {
  if (typeof value !== "object" || Array.isArray(value))
    wrongType(walk, owner || name, path, value, name.split(".").slice(-2).join("."));
  const result: [string, Json][] = [];
  for (const [key, inner] of Object.entries(value)) {
    const property =
      schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    if (!property) {
      walk.unknownFields.push(formatPath([...path, key]));
    } else if (inner !== null && inner !== undefined) {
      path.push(key);
      result.push([key, checkValue(walk, walk.schemas.resolve(property), inner, path, name)]);
      path.pop();
    }
  }
  return Object.fromEntries(result);
}

function checkArray(walk: Walk, schema: Schema, value: Json, path: (string | number)[], owner: string): Json {
  if (!Array.isArray(value)) wrongType(walk, owner, path, value, "[]string");
  const items = walk.schemas.resolve(schema.items ?? {});
  return value.map((entry: Json, index: number) => {
    if (entry === null) return items.schema.properties ? {} : entry;
    path.push(index);
    const checked = checkValue(walk, items, entry, path, owner);
    path.pop();
    return checked;
  });
}

function checkMap(walk: Walk, schema: Schema, value: Json, path: (string | number)[], owner: string): Json {
  if (typeof value !== "object" || Array.isArray(value))
    wrongType(walk, owner, path, value, "map[string]string");
  const inner = walk.schemas.resolve(schema.additionalProperties ?? {});
  const entries = Object.entries(value).filter(([, entry]) => entry !== null && entry !== undefined);
  const isQuantity = inner.name === quantityName;
  return Object.fromEntries(
    entries.map(([key, entry]) => {
      path.push(key);
      const checked = isQuantity
        ? checkQuantity(walk, entry, path, owner, owner !== unroundedOwner)
        : checkValue(walk, inner, entry, path, owner);
      path.pop();
      return [key, checked];
    }),
  );
}

function checkQuantity(
  walk: Walk,
  value: Json,
  path: (string | number)[],
  owner: string,
  isAmount: boolean,
): string {
  if (typeof value !== "string" && typeof value !== "number") wrongType(walk, owner, path, value, "string");
  const { text, problem } = canonicalQuantity(value, isAmount);
  if (problem === undefined) return text;
  throw badRequest(
    `${walk.kind} in version "${walk.version}" cannot be handled as a ${walk.kind}: ${problem}`,
  );
}

function checkScalar(
  walk: Walk,
  schema: Schema,
  value: Json,
  path: (string | number)[],
  owner: string,
): Json {
  const kind = typeof value;
  switch (schema.type) {
    case "string":
      if (kind !== "string") wrongType(walk, owner, path, value, "string");
      if (schema.format === "date-time" && Number.isNaN(Date.parse(value))) {
        throw badRequest(
          `${formatPath(path)}: parsing time ${JSON.stringify(value.slice(0, 100))} as RFC 3339 failed`,
        );
      }
      // The API validates enumerations of the desired state; an unknown value in a status is let through.
      if (schema.enum && path[0] !== "status" && value !== "" && !schema.enum.includes(value)) {
        walk.enumErrors.push(unsupportedField(formatPath(path), value, [...schema.enum].sort()));
      }
      return value;
    case "integer":
      if (kind !== "number" || !Number.isInteger(value))
        wrongType(walk, owner, path, value, schema.format ?? "int32");
      return value;
    case "number":
      if (kind !== "number") wrongType(walk, owner, path, value, "float64");
      return value;
    case "boolean":
      if (kind !== "boolean") wrongType(walk, owner, path, value, "bool");
      return value;
    default:
      if (schema.oneOf && kind !== "string" && kind !== "number")
        wrongType(walk, owner, path, value, "string");
      return value;
  }
}
