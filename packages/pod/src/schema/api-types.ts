import { ProviderError } from "@vkubelet/core";
import { apiDefaults } from "./api-defaults.ts";
import { apiTypesText } from "./api-types.generated.ts";
import { nextVersionText } from "./next-version.ts";

/** A type of JSON that has no parts. `time` is RFC 3339, `any` is JSON of which the API says no more. */
export type ScalarKind =
  | "string"
  | "int32"
  | "int64"
  | "boolean"
  | "quantity"
  | "intOrString"
  | "time"
  | "base64"
  | "any";

/** What may stand in a field. */
export type FieldType =
  | { readonly kind: ScalarKind }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "list"; readonly element: FieldType }
  | { readonly kind: "map"; readonly value: FieldType }
  | { readonly kind: "reference"; readonly type: string };

/** A field of an object as the API server knows it. */
export interface ApiField {
  readonly name: string;
  readonly required: boolean;
  readonly type: FieldType;
  /** What the API fills in, or a `DefaultRule`; undefined without. */
  readonly default: unknown;
}

/** An object of the API with its fields. */
export interface ApiType {
  readonly name: string;
  /** Of an object that stands on its own; undefined for a part. */
  readonly apiVersion: string | undefined;
  readonly fields: ReadonlyMap<string, ApiField>;
}

/**
 * Fields that the server's documents call required and the server takes an object without: nothing means something
 * there (an empty header, LUN 0, any node), or what holds the field is dropped then (a claim's source).
 */
const optionalInFact: ReadonlySet<string> = new Set([
  "HTTPHeader.value",
  "ISCSIVolumeSource.lun",
  "PodFailurePolicy.rules",
  "PreferredSchedulingTerm.preference",
  "ScaleIOVolumeSource.secretRef",
  "SleepAction.seconds",
  "Sysctl.value",
  "TypedLocalObjectReference.kind",
  "TypedLocalObjectReference.name",
]);

/** The `List` of `kubectl get -o yaml`, which no server serves: any objects, each with a kind of its own. */
const listText = `
List v1
 apiVersion string
 items [any]
 kind string
 metadata ListMeta
`;

const types = new Map<string, ApiType>();
let linesByType: Map<string, string[]> | undefined;

/** The type of that name, as Kubernetes 1.36 knows it with what 1.37 adds; undefined for a name that is none. */
export function findApiType(name: string): ApiType | undefined {
  const known = types.get(name);
  if (known !== undefined) return known;
  linesByType ??= readLines(`${apiTypesText}${nextVersionText}${listText}`);
  const lines = linesByType.get(name);
  if (lines === undefined) return undefined;
  const type = parseType(name, lines);
  types.set(name, type);
  return type;
}

/** The type that a reference of the schema names. */
export function apiType(name: string): ApiType {
  const type = findApiType(name);
  if (type === undefined)
    throw new ProviderError("Internal", `find type ${name}: the schema does not hold it`);
  return type;
}

/** Heads without their name (the `apiVersion`) and fields, by type; a type may come in several parts. */
function readLines(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    if (line.startsWith(" ")) {
      current.push(line.slice(1));
      continue;
    }
    const [name = "", apiVersion = ""] = line.split(" ");
    current = found.get(name) ?? [apiVersion];
    found.set(name, current);
  }
  return found;
}

function parseType(name: string, [apiVersion, ...lines]: readonly string[]): ApiType {
  const defaults = apiDefaults[name] ?? {};
  const fields = new Map<string, ApiField>();
  for (const line of lines) {
    const [left = "", serverDefault] = line.split(" = ");
    const [marked = "", type = ""] = left.split(" ");
    const field = marked.replace("!", "");
    const required = marked.endsWith("!") && !optionalInFact.has(`${name}.${field}`);
    fields.set(field, {
      name: field,
      required,
      type: parseFieldType(type),
      default: defaults[field] ?? (serverDefault === undefined ? undefined : JSON.parse(serverDefault)),
    });
  }
  return { name, apiVersion: apiVersion || undefined, fields };
}

/** `[X]` is a list of X, `{X}` a map with values X, `(a|b)` one of these texts, a capital letter another type. */
function parseFieldType(text: string): FieldType {
  const inner = text.slice(1, -1);
  if (text.startsWith("[")) return { kind: "list", element: parseFieldType(inner) };
  if (text.startsWith("{")) return { kind: "map", value: parseFieldType(inner) };
  if (text.startsWith("(")) return { kind: "enum", values: inner.split("|") };
  return /^[A-Z]/.test(text) ? { kind: "reference", type: text } : { kind: text as ScalarKind };
}
