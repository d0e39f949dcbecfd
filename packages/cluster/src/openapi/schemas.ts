import type { Json } from "../api/objects.ts";

/** A schema of the API server's OpenAPI v3 documents, without prose. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly default?: Json;
  readonly "x-kubernetes-patch-merge-key"?: string;
  readonly "x-kubernetes-patch-strategy"?: string;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: string;
  readonly "x-kubernetes-group-version-kind"?: readonly { group: string; version: string; kind: string }[];
}

const prefix = "#/components/schemas/";

/** A schema with the name under which it is defined; inline schemas have none. */
export interface NamedSchema {
  readonly schema: Schema;
  readonly name: string | undefined;
}

/** The definitions of all types that the cluster serves. */
export class Schemas {
  readonly definitions: Readonly<Record<string, Schema>>;
  readonly #byKind = new Map<string, string>();

  constructor(definitions: Readonly<Record<string, Schema>>) {
    this.definitions = definitions;
    for (const [name, schema] of Object.entries(definitions)) {
      const kinds = schema["x-kubernetes-group-version-kind"] ?? [];
      // Types such as DeleteOptions are registered in every group; they are no kinds of their own.
      if (kinds.length !== 1) continue;
      for (const { group, version, kind } of kinds) this.#byKind.set(`${group}/${version}/${kind}`, name);
    }
  }

  /** Name of the definition of a kind. */
  nameOf(group: string, version: string, kind: string): string | undefined {
    return this.#byKind.get(`${group}/${version}/${kind}`);
  }

  /** The definition of that name. */
  get(name: string): NamedSchema | undefined {
    const schema = Object.hasOwn(this.definitions, name) ? this.definitions[name] : undefined;
    return schema && { schema, name };
  }

  /** Follows references to the definition that says what a value looks like. */
  resolve(schema: Schema): NamedSchema {
    const reference = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined);
    const found = reference ? this.get(reference.slice(prefix.length)) : undefined;
    return found ?? { schema, name: undefined };
  }

  /** The names of all definitions that the given ones refer to, themselves included. */
  closure(names: Iterable<string>): Set<string> {
    const seen = new Set<string>();
    const open = [...names];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      for (const [, inner] of JSON.stringify(this.definitions[name] ?? {}).matchAll(
        /"#\/components\/schemas\/([^"]+)"/g,
      )) {
        if (inner) open.push(inner);
      }
    }
    return seen;
  }
}

/** Loads the definitions; they are data of some 180 kB. */
export async function loadSchemas(): Promise<Schemas> {
  const { default: definitions } = await import("../generated/schemas.generated.json", {
    with: { type: "json" },
  });
  return new Schemas(definitions as unknown as Record<string, Schema>);
}
