import { type OpenApiDocument, type OpenApiSchema, rootTypes } from "./openapi.ts";

/**
 * The types reachable from {@link rootTypes}, one line a field: `name`, `!` where it is required, its type, and the
 * server's default where it says more than "empty". Types and fields are sorted, so that the same documents always
 * give the same text. What the notation means stands with its reader, `api-types.ts` of `@vkubelet/pod`.
 */
export function schemaText(documents: readonly OpenApiDocument[]): string {
  const schemas = Object.assign({}, ...documents.map((document) => document.components.schemas)) as Readonly<
    Record<string, OpenApiSchema>
  >;
  const types = new Map<string, { readonly fullName: string; readonly text: string }>();
  const waiting = Object.keys(rootTypes);
  for (let fullName = waiting.pop(); fullName !== undefined; fullName = waiting.pop()) {
    const name = shortName(fullName);
    const known = types.get(name);
    if (known?.fullName === fullName) continue;
    if (known !== undefined) throw new Error(`write ${fullName}: ${known.fullName} has the same short name`);
    const schema = schemas[fullName];
    if (schema === undefined) throw new Error(`write ${fullName}: the server's documents do not hold it`);
    types.set(name, { fullName, text: typeText(fullName, schema, waiting) });
  }
  const names = [...types.keys()].sort();
  return names.map((name) => types.get(name)?.text).join("\n");
}

/** The module that holds the text, for version `gitVersion` of the API server. */
export function schemaModule(text: string, gitVersion: string): string {
  if (/[`\\$]/.test(text))
    throw new Error("write the module: the text holds what a template string gives a meaning");
  return `// Written by tools/schema from the OpenAPI documents of kube-apiserver ${gitVersion}; not to be edited.
export const apiTypesText: string = \`
${text}
\`;
`;
}

function typeText(fullName: string, schema: OpenApiSchema, waiting: string[]): string {
  const apiVersion = rootTypes[fullName] ?? "";
  const head = apiVersion === "" ? shortName(fullName) : `${shortName(fullName)} ${apiVersion}`;
  const isObject = schema.properties?.["kind"] !== undefined && schema.properties["metadata"] !== undefined;
  const lines = Object.entries(schema.properties ?? {})
    // What the cluster says about an object is no part of what its owner writes.
    .filter(([name]) => !(isObject && name === "status"))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, field]) => {
      const mark = schema.required?.includes(name) ? "!" : "";
      return ` ${name}${mark} ${fieldType(field, waiting, `${fullName}.${name}`)}${defaultText(field)}`;
    });
  return [head, ...lines].join("\n");
}

const builtIn: Readonly<Record<string, string>> = {
  "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "intOrString",
  "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
  "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "time",
  "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "any",
};

const scalars: Readonly<Record<string, string>> = {
  "string/": "string",
  "string/byte": "base64",
  "string/date-time": "time",
  "boolean/": "boolean",
  "integer/int32": "int32",
  "integer/int64": "int64",
};

function fieldType(schema: OpenApiSchema, waiting: string[], at: string): string {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference !== undefined) {
    const fullName = reference.slice(reference.lastIndexOf("/") + 1);
    const scalar = builtIn[fullName];
    if (scalar === undefined) waiting.push(fullName);
    return scalar ?? shortName(fullName);
  }
  if (schema.items !== undefined) return `[${fieldType(schema.items, waiting, at)}]`;
  if (schema.additionalProperties !== undefined) {
    return `{${fieldType(schema.additionalProperties, waiting, at)}}`;
  }
  if (schema.enum !== undefined) return `(${schema.enum.join("|")})`;
  const scalar = scalars[`${schema.type}/${schema.format ?? ""}`];
  if (scalar === undefined)
    throw new Error(`write ${at}: ${JSON.stringify(schema)} is no kind of field known here`);
  return scalar;
}

/** An empty default says nothing: it is what a Go struct holds when the field is left out. */
function defaultText(schema: OpenApiSchema): string {
  const text = JSON.stringify(schema.default);
  return text === undefined || text === '""' || text === "0" || text === "{}" ? "" : ` = ${text}`;
}

function shortName(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf(".") + 1);
}
