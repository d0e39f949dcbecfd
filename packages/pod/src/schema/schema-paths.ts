import { apiType, type FieldType } from "./api-types.ts";
import type { SchemaTypeName } from "./check-object.ts";

/** One place in an object that the API knows. */
export interface SchemaPath {
  /** As rules of a support table write it: `spec.containers[].resources.limits{}`. */
  readonly path: string;
  /** What stands there; at `[]` one element, at `{}` the value of one key. */
  readonly type: FieldType;
  /** Whether the object that holds the field is refused without it. */
  readonly required: boolean;
  /** What the API fills in, or a function that judges it by the neighbours; undefined without. */
  readonly default: unknown;
}

/** Objects of their own inside of a pod, which only the controller that makes them reads. */
const templates = /\.volumeClaimTemplate\.(metadata|spec)$/;

const pathsByType = new Map<SchemaTypeName, readonly SchemaPath[]>();

/**
 * Every path of PodSpec, below `spec`, in Kubernetes 1.36 with what 1.37 adds, objects and lists included, in the order
 * of the types; of another `type` every path of its objects.
 * A list of texts or numbers stands as `args[]`, a list of objects as `env[]` before the fields of its elements. Left
 * out is the inside of `ephemeral.volumeClaimTemplate`, which is another object.
 */
export function schemaPaths(type: SchemaTypeName = "PodSpec"): readonly SchemaPath[] {
  const known = pathsByType.get(type);
  if (known !== undefined) return known;
  const found: SchemaPath[] = [];
  addFields(type, type === "PodSpec" ? "spec" : "", found);
  pathsByType.set(type, found);
  return found;
}

function addFields(typeName: string, owner: string, found: SchemaPath[]): void {
  for (const field of apiType(typeName).fields.values()) {
    let { type } = field;
    let path = owner === "" ? field.name : `${owner}.${field.name}`;
    for (
      ;
      type.kind === "list" || type.kind === "map";
      type = type.kind === "list" ? type.element : type.value
    ) {
      path += type.kind === "list" ? "[]" : "{}";
    }
    found.push({ path, type, required: field.required, default: field.default });
    if (type.kind === "reference" && !templates.test(path)) addFields(type.type, path, found);
  }
}
