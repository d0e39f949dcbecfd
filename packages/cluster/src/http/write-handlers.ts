import type { Json, KubeObject } from "../api/objects.ts";
import { badRequest, invalid } from "../api/status-error.ts";
import { checkBody } from "../openapi/field-check.ts";
import { applyJsonPatch } from "../patch/json-patch.ts";
import { applyMergePatch } from "../patch/merge-patch.ts";
import { applyStrategicMergePatch } from "../patch/strategic-merge-patch.ts";
import type { WriteOptions } from "../registry/write-options.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";
import { handleApply, isApplyPatch } from "./apply-handler.ts";
import { decodeBody, mediaType, readBody, unsupportedMediaType } from "./body.ts";
import { type Exchange, sendObject } from "./exchange.ts";
import type { ResourceRequest } from "./request-info.ts";
import type { Services } from "./services.ts";

/** `dryRun=All` of a query. @throws StatusError 400 */
export function isDryRun(values: readonly string[]): boolean {
  const wrong = values.find((value) => value !== "All" && value !== "");
  if (wrong !== undefined)
    throw badRequest(
      `dryRun: Unsupported value: ${JSON.stringify(wrong.slice(0, 50))}: supported values: "All"`,
    );
  return values.includes("All");
}

/** Who comes to own what a request writes: the manager that it names, else the client's program. */
export function fieldManager({ request, query }: Exchange): string {
  const named = query.get("fieldManager");
  const program = request.headers["user-agent"]?.split("/")[0] ?? "";
  return (named || program || "unknown").slice(0, 128);
}

/** How a request to a resource, or to a subresource of it, writes. */
export function writeOptions(exchange: Exchange, subresource: string | undefined): WriteOptions {
  return {
    user: exchange.user,
    manager: fieldManager(exchange),
    dryRun: isDryRun(exchange.query.getAll("dryRun")),
    ...(subresource ? { subresource } : {}),
  };
}

/** A body of a kind after the decoder's checks, with warnings for the answer. */
export interface DecodedObject {
  readonly object: KubeObject;
  readonly warnings: Record<string, string>;
}

/**
 * Checks a decoded body against its kind. Unknown fields are errors, warnings or nothing by `fieldValidation`.
 * @throws StatusError 400, 422
 */
export function checkObject(
  services: Services,
  exchange: Exchange,
  body: Json,
  group: string,
  version: string,
  kind: string,
): DecodedObject {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: the body is not an object`,
    );
  const apiVersion = apiVersionOf({ group, version });
  if ((body.kind && body.kind !== kind) || (body.apiVersion && body.apiVersion !== apiVersion)) {
    const given = `${String(body.apiVersion)}, Kind=${String(body.kind)}`;
    throw badRequest(
      `the API version in the data (${given.slice(0, 200)}) does not match the expected API version (${apiVersion}, Kind=${kind})`,
    );
  }
  const name = services.schemas.nameOf(group, version, kind);
  if (!name) throw badRequest(`no kind "${kind}" is registered for version "${apiVersion}"`);
  const { value, unknownFields, enumErrors } = checkBody(services.schemas, name, body, kind, version);
  const validatesEnums = services.registry.types.ofKind(apiVersion, kind)?.strategy.validatesEnums;
  if (enumErrors.length > 0 && !validatesEnums)
    throw invalid({ group, plural: kind, kind }, value.metadata?.name ?? "", enumErrors);
  return {
    object: { ...value, apiVersion, kind, metadata: value.metadata ?? {} },
    warnings: unknownFieldWarnings(exchange, unknownFields, kind, version),
  };
}

function unknownFieldWarnings(
  exchange: Exchange,
  unknown: readonly string[],
  kind: string,
  version: string,
): Record<string, string> {
  const mode = exchange.query.get("fieldValidation") || "Warn";
  if (unknown.length === 0 || mode === "Ignore") return {};
  const texts = unknown.slice(0, 100).map((field) => `unknown field ${JSON.stringify(field)}`);
  if (mode === "Strict") {
    throw badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${texts.join(", ")}`,
    );
  }
  // Header values are Latin-1 without line breaks.
  const safe = texts.map(
    (text) => `299 - ${JSON.stringify(text.replace(/[^\x20-\x7e]/g, "?").slice(0, 200))}`,
  );
  return { warning: safe.slice(0, 20).join(", ") };
}

async function readObject(
  services: Services,
  exchange: Exchange,
  type: ResourceType,
): Promise<DecodedObject> {
  const body = await decodeBody(await readBody(exchange.request), mediaType(exchange.request));
  if (body === undefined)
    throw badRequest(
      `${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}: the body is empty`,
    );
  return checkObject(services, exchange, body, type.group, type.version, type.kind);
}

export async function handleCreate(
  services: Services,
  exchange: Exchange,
  { type, namespace }: ResourceRequest,
): Promise<void> {
  const { object, warnings } = await readObject(services, exchange, type);
  const created = services.registry.create(type, namespace, object, writeOptions(exchange, undefined));
  sendObject(exchange, type, created, 201, services.clock.now(), warnings);
}

export async function handleUpdate(
  services: Services,
  exchange: Exchange,
  request: ResourceRequest,
): Promise<void> {
  const { type, namespace, name = "", subresource } = request;
  const { object, warnings } = await readObject(services, exchange, type);
  const updated = services.registry.update(
    type,
    namespace,
    name,
    object,
    writeOptions(exchange, subresource),
  );
  sendObject(exchange, type, updated, 200, services.clock.now(), warnings);
}

/** A patch as a function from the present object to the next one. */
export type Patcher = (object: Json, schemaName: string) => Json;

/** Reads a patch by its content type. @throws StatusError 400, 415 */
export async function readPatch(services: Services, exchange: Exchange): Promise<Patcher> {
  const type = mediaType(exchange.request);
  const bytes = await readBody(exchange.request);
  const known = [
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
  ];
  if (!known.includes(type)) throw unsupportedMediaType(type);
  const patch = await decodeBody(bytes, type);
  switch (type) {
    case "application/json-patch+json":
      return (object) => applyJsonPatch(object, patch);
    case "application/merge-patch+json":
      if (typeof patch !== "object" || patch === null || Array.isArray(patch))
        throw badRequest("error decoding patch: a merge patch is an object");
      return (object) => applyMergePatch(object, patch);
    default:
      return (object, schemaName) => applyStrategicMergePatch(services.schemas, schemaName, object, patch);
  }
}

export async function handlePatch(
  services: Services,
  exchange: Exchange,
  request: ResourceRequest,
): Promise<void> {
  return isApplyPatch(exchange)
    ? handleApply(services, exchange, request)
    : handleMergingPatch(services, exchange, request);
}

async function handleMergingPatch(
  services: Services,
  exchange: Exchange,
  request: ResourceRequest,
): Promise<void> {
  const { type, namespace, name = "", subresource } = request;
  const patch = await readPatch(services, exchange);
  const schemaName = services.schemas.nameOf(type.group, type.version, type.kind) ?? "";
  let warnings: Record<string, string> = {};
  const updated = services.registry.mutate(
    type,
    namespace,
    name,
    (old) => {
      const checked = checkObject(
        services,
        exchange,
        patch(old, schemaName),
        type.group,
        type.version,
        type.kind,
      );
      warnings = checked.warnings;
      return checked.object;
    },
    writeOptions(exchange, subresource),
  );
  sendObject(exchange, type, updated, 200, services.clock.now(), warnings);
}
