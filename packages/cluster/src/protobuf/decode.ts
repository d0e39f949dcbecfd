import protobuf from "protobufjs";
import type { Json } from "../api/objects.ts";
import { badRequest } from "../api/status-error.ts";

const magic = Uint8Array.of(0x6b, 0x38, 0x73, 0x00);
const goName = "k8s.io.apimachinery.pkg.";

let table: Promise<protobuf.Root> | undefined;

async function loadTable(): Promise<protobuf.Root> {
  const { default: descriptor } = await import("../generated/protobuf.generated.json", {
    with: { type: "json" },
  });
  return protobuf.Root.fromJSON(descriptor as unknown as protobuf.INamespace);
}

/** Packages of the API groups whose objects may arrive as protobuf. */
function packageOf(apiVersion: string): string {
  const [group = "", version = ""] = apiVersion.includes("/") ? apiVersion.split("/") : ["core", apiVersion];
  return `k8s.io.api.${group.split(".")[0]}.${version}`;
}

/** Kinds of metav1 that are served in every group. */
const metaKinds = new Set(["DeleteOptions", "Status", "CreateOptions", "UpdateOptions", "PatchOptions"]);

/**
 * Decodes a body of content type `application/vnd.kubernetes.protobuf` to the object's JSON form.
 * @throws StatusError 400 for anything malformed or of an unknown kind
 */
export async function decodeProtobuf(body: Uint8Array): Promise<Json> {
  table ??= loadTable();
  const root = await table;
  if (body.length < 4 || !magic.every((byte, index) => body[index] === byte)) {
    throw badRequest(
      "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
    );
  }
  try {
    const unknown = decodeMessage(root.lookupType(`${goName}runtime.Unknown`), body.subarray(4), true);
    const apiVersion = unknown.apiVersion ?? "";
    const kind = unknown.kind ?? "";
    const name = metaKinds.has(kind) ? `${goName}apis.meta.v1.${kind}` : `${packageOf(apiVersion)}.${kind}`;
    const type = root.lookupType(name);
    return { apiVersion, kind, ...decodeMessage(type, unknown.raw ?? new Uint8Array(), false) };
  } catch (error) {
    throw badRequest(
      `error decoding protobuf body: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function decodeMessage(type: protobuf.Type, bytes: Uint8Array, keepBytes: boolean): Json {
  return toJson(type, type.decode(bytes), keepBytes, 0);
}

function toJson(type: protobuf.Type, message: Json, keepBytes: boolean, depth: number): Json {
  if (depth > 64) throw new Error("too deep");
  const special = specialForm(type, message);
  if (special !== undefined) return special.value;
  const result: [string, Json][] = [];
  for (const field of type.fieldsArray) {
    if (!Object.hasOwn(message, field.name)) continue;
    const value = fieldToJson(field, message[field.name], keepBytes, depth);
    if (value === undefined) continue;
    if (field.getOption("inline")) result.push(...Object.entries<Json>(value));
    else result.push([field.name, value]);
  }
  return Object.fromEntries(result);
}

function fieldToJson(field: protobuf.Field, value: Json, keepBytes: boolean, depth: number): Json {
  field.resolve();
  const one = (entry: Json): Json =>
    field.resolvedType instanceof protobuf.Type
      ? toJson(field.resolvedType, entry, keepBytes, depth + 1)
      : scalarToJson(entry, keepBytes);
  if (field.map) {
    const entries = Object.entries(value).map(([key, entry]): [string, Json] => [key, one(entry)]);
    return entries.length > 0 ? Object.fromEntries(entries) : undefined;
  }
  if (field.repeated) return value.length > 0 ? value.map(one) : undefined;
  const converted = one(value);
  // Go writes plain fields even when they are empty; only behind a pointer does a zero mean something.
  if (!field.getOption("pointer") && isZero(converted)) return undefined;
  return converted;
}

function isZero(value: Json): boolean {
  return value === "" || value === 0 || value === false || value === null || value === undefined;
}

function scalarToJson(value: Json, keepBytes: boolean): Json {
  if (value instanceof Uint8Array) return keepBytes ? value : Buffer.from(value).toString("base64");
  if (typeof value === "object" && value !== null && "toNumber" in value) return value.toNumber();
  return value;
}

/** Types whose JSON form is not their field list. */
function specialForm(type: protobuf.Type, message: Json): { readonly value: Json } | undefined {
  switch (type.fullName.slice(1)) {
    case `${goName}apis.meta.v1.Time`:
    case `${goName}apis.meta.v1.MicroTime`: {
      const seconds = Number(scalarToJson(message.seconds ?? 0, false));
      const nanos = Number(message.nanos ?? 0);
      if (!Object.hasOwn(message, "seconds")) return { value: null };
      const text = new Date(seconds * 1000).toISOString().slice(0, 19);
      const micro = type.name === "MicroTime" ? `.${String(Math.floor(nanos / 1000)).padStart(6, "0")}` : "";
      return { value: `${text}${micro}Z` };
    }
    case `${goName}api.resource.Quantity`:
      return { value: message.string };
    case `${goName}util.intstr.IntOrString`:
      return {
        value:
          Number(scalarToJson(message.type ?? 0, false)) === 1
            ? (message.strVal ?? "")
            : (message.intVal ?? 0),
      };
    case `${goName}runtime.RawExtension`:
    case `${goName}apis.meta.v1.FieldsV1`: {
      const raw = message.raw ?? message.Raw ?? new Uint8Array();
      return { value: raw.length > 0 ? JSON.parse(Buffer.from(raw).toString("utf8")) : null };
    }
    case "k8s.io.api.authorization.v1.ExtraValue":
    case "k8s.io.api.authentication.v1.ExtraValue":
    case "k8s.io.api.certificates.v1.ExtraValue":
      return { value: [...message.items] };
    default:
      return undefined;
  }
}
