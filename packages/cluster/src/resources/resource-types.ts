import columns from "../generated/columns.generated.json" with { type: "json" };
import discovery from "../generated/discovery.generated.json" with { type: "json" };
import type { ResourceType, SubresourceInfo, TableColumn } from "./resource-type.ts";
import { strategies } from "./strategies.ts";

interface DiscoveredResource {
  readonly resource: string;
  readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly scope: string;
  readonly singularResource: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly SubresourceInfo[];
}

function toResourceType(group: string, version: string, found: DiscoveredResource): ResourceType {
  const name = `${group}/${found.resource}`;
  return {
    group,
    version,
    kind: found.responseKind.kind,
    plural: found.resource,
    singular: found.singularResource,
    namespaced: found.scope === "Namespaced",
    shortNames: found.shortNames ?? [],
    categories: found.categories ?? [],
    verbs: found.verbs,
    subresources: new Map((found.subresources ?? []).map((entry) => [entry.subresource, entry])),
    columns: (columns as Record<string, readonly TableColumn[]>)[name] ?? [],
    strategy: strategies[name] ?? {},
  };
}

/** The table of everything the cluster serves, as the generated discovery data lists it. */
export class ResourceTypes {
  readonly all: readonly ResourceType[];
  readonly #byPlural = new Map<string, ResourceType>();
  readonly #byKind = new Map<string, ResourceType>();

  constructor() {
    this.all = discovery.flatMap(({ group, version, resources }) =>
      (resources as readonly DiscoveredResource[]).map((found) => toResourceType(group, version, found)),
    );
    for (const type of this.all) {
      this.#byPlural.set(`${type.group}/${type.version}/${type.plural}`, type);
      this.#byKind.set(`${type.group}/${type.version}/${type.kind}`, type);
    }
  }

  /** The resource of a URL. */
  find(group: string, version: string, plural: string): ResourceType | undefined {
    return this.#byPlural.get(`${group}/${version}/${plural}`);
  }

  /** The resource of a kind, as an owner reference names it. */
  ofKind(apiVersion: string, kind: string): ResourceType | undefined {
    const name = apiVersion.includes("/") ? apiVersion : `/${apiVersion}`;
    return this.#byKind.get(`${name}/${kind}`);
  }

  /** A resource that the cluster itself relies on. @throws Error when the generated data lacks it */
  require(group: string, plural: string): ResourceType {
    const type = this.find(group, "v1", plural);
    if (!type) throw new Error(`the generated discovery data lacks ${plural}.${group}`);
    return type;
  }
}
