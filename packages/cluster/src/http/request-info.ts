import { noSuchPath } from "../api/status-error.ts";
import type { Attributes } from "../auth/attributes.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import type { ResourceTypes } from "../resources/resource-types.ts";

/** A request to a resource, as its URL and method tell. */
export interface ResourceRequest {
  readonly type: ResourceType;
  readonly verb: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** The resource part of a path before it was looked up. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** Splits `/api/v1/…` and `/apis/GROUP/VERSION/…`; undefined for every other path. @throws StatusError 404 (bad escapes) */
export function parseResourcePath(path: string): ResourcePath | undefined {
  let parts: string[];
  try {
    parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    throw noSuchPath();
  }
  const root = parts.shift();
  const group = root === "apis" ? parts.shift() : root === "api" ? "" : undefined;
  const version = parts.shift();
  if (group === undefined || version === undefined || parts.length === 0) return undefined;
  let namespace: string | undefined;
  if (parts[0] === "namespaces" && parts.length > 2 && !["status", "finalize"].includes(parts[2] ?? "")) {
    namespace = parts[1];
    parts = parts.slice(2);
  }
  const [resource = "", name, ...rest] = parts;
  return {
    group,
    version,
    resource,
    namespace,
    name,
    subresource: rest.length > 0 ? rest.join("/") : undefined,
  };
}

function verbOf(method: string, path: ResourcePath, query: URLSearchParams): string {
  switch (method) {
    case "GET":
    case "HEAD":
      if (path.name !== undefined) return "get";
      return query.get("watch") === "true" || query.get("watch") === "1" ? "watch" : "list";
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return path.name === undefined ? "deletecollection" : "delete";
    default:
      return method.toLowerCase();
  }
}

/** The one object that a selector asks for by name: to list it is to read it. */
function selectedName(fieldSelector: string): string | undefined {
  return /(?:^|,)metadata\.name==?([^,=]+)(?:,|$)/.exec(fieldSelector)?.[1];
}

/** What the authorizer is asked about a path, whether or not such a resource exists. */
export function attributesOf(method: string, path: ResourcePath, query: URLSearchParams): Attributes {
  const isNamespace = path.group === "" && path.resource === "namespaces";
  const namespace = path.namespace ?? (isNamespace ? path.name : undefined);
  const verb = verbOf(method, path, query);
  const fieldSelector = query.get("fieldSelector") ?? "";
  const name = path.name ?? (["list", "watch"].includes(verb) ? selectedName(fieldSelector) : undefined);
  return {
    verb,
    group: path.group,
    resource: path.resource,
    ...(path.subresource === undefined ? {} : { subresource: path.subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(fieldSelector === "" ? {} : { fieldSelector }),
  };
}

/** Looks the resource of a path up. @throws StatusError 404 */
export function resolveRequest(
  types: ResourceTypes,
  method: string,
  path: ResourcePath,
  query: URLSearchParams,
): ResourceRequest {
  const type = types.find(path.group, path.version, path.resource);
  if (!type) throw noSuchPath();
  if (path.namespace !== undefined && !type.namespaced) throw noSuchPath();
  if (path.subresource !== undefined && !type.subresources.has(path.subresource)) throw noSuchPath();
  const needsNamespace = type.namespaced && path.namespace === undefined;
  if (needsNamespace && (path.name !== undefined || !["GET", "HEAD", "POST"].includes(method)))
    throw noSuchPath();
  if (needsNamespace && method === "POST" && type.verbs.includes("get")) throw noSuchPath();
  return {
    type,
    verb: verbOf(method, path, query),
    namespace: path.namespace,
    name: path.name,
    subresource: path.subresource,
  };
}
