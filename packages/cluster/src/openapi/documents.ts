import type { Json } from "../api/objects.ts";
import { hashOf } from "../discovery/discovery.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import type { ResourceTypes } from "../resources/resource-types.ts";
import type { Schemas } from "./schemas.ts";

const bodyParameters = ["dryRun", "fieldManager", "fieldValidation"].map((name) => ({
  name,
  in: "query",
  schema: { type: "string", uniqueItems: true },
}));

/** A group version as it stands in the path of its document: `api/v1`, `apis/apps/v1`. */
function documentPath(type: ResourceType): string {
  return type.group ? `apis/${type.group}/${type.version}` : `api/${type.version}`;
}

/**
 * The OpenAPI v3 documents of the cluster: the API server's schemas, and of the paths as much as clients look at, namely
 * which operations exist for a kind and whether they take `dryRun` and `fieldValidation`.
 */
export class OpenApi {
  readonly #schemas: Schemas;
  readonly #documents = new Map<string, { readonly types: ResourceType[]; text?: string; hash?: string }>();

  constructor(schemas: Schemas, types: ResourceTypes) {
    this.#schemas = schemas;
    for (const type of types.all) {
      const path = documentPath(type);
      const entry = this.#documents.get(path);
      if (entry) entry.types.push(type);
      else this.#documents.set(path, { types: [type] });
    }
  }

  /** The text of one document with its hash; undefined when there is no such group version. */
  document(path: string): { readonly text: string; readonly hash: string } | undefined {
    const entry = this.#documents.get(path);
    if (!entry) return undefined;
    entry.text ??= JSON.stringify(this.#build(entry.types));
    entry.hash ??= hashOf(entry.text);
    return { text: entry.text, hash: entry.hash };
  }

  /** The index, `GET /openapi/v3`. */
  index(): Json {
    const paths = [...this.#documents.keys()].map((path) => {
      const { hash } = this.document(path) ?? { hash: "" };
      return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }];
    });
    return { paths: Object.fromEntries(paths) };
  }

  #build(types: readonly ResourceType[]): Json {
    const roots = types.flatMap((type) => {
      const name = this.#schemas.nameOf(type.group, type.version, type.kind);
      const list = this.#schemas.nameOf(type.group, type.version, `${type.kind}List`);
      return [name, list].filter((entry) => entry !== undefined);
    });
    const names = [...this.#schemas.closure(roots)].sort();
    return {
      openapi: "3.0.0",
      info: { title: "Kubernetes", version: "v1.36.3" },
      paths: Object.fromEntries(types.flatMap((type) => this.#paths(type))),
      components: {
        schemas: Object.fromEntries(names.map((name) => [name, this.#schemas.definitions[name]])),
      },
    };
  }

  #paths(type: ResourceType): [string, Json][] {
    const prefix = `/${documentPath(type)}/${type.namespaced ? "namespaces/{namespace}/" : ""}${type.plural}`;
    const operation = (action: string): Json => ({
      parameters: bodyParameters,
      responses: { 200: { description: "OK" } },
      "x-kubernetes-action": action,
      "x-kubernetes-group-version-kind": { group: type.group, version: type.version, kind: type.kind },
    });
    const paths: [string, Json][] = [];
    const has = (verb: string) => type.verbs.includes(verb);
    if (has("create"))
      paths.push([prefix, { ...(has("list") ? { get: operation("list") } : {}), post: operation("post") }]);
    if (has("patch")) {
      const item = {
        get: operation("get"),
        put: operation("put"),
        patch: operation("patch"),
        delete: operation("delete"),
      };
      paths.push([`${prefix}/{name}`, item]);
    }
    return paths;
  }
}
