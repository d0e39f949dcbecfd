import { badRequest, forbidden, invalid, requiredField } from "../api/status-error.ts";
import { decodeBody, mediaType, readBody } from "./body.ts";
import { type Exchange, sendObject } from "./exchange.ts";
import type { ResourceRequest } from "./request-info.ts";
import type { Services } from "./services.ts";
import { checkObject, type DecodedObject, writeOptions } from "./write-handlers.ts";

const applyType = "application/apply-patch+yaml";

/** Whether a patch is a server-side apply. */
export function isApplyPatch({ request }: Exchange): boolean {
  return mediaType(request) === applyType;
}

/** Reads the configuration of a server-side apply. @throws StatusError 400, 422 */
async function readConfiguration(
  services: Services,
  exchange: Exchange,
  { type, name = "" }: ResourceRequest,
): Promise<DecodedObject> {
  const { query, request } = exchange;
  if (!query.get("fieldManager")) {
    const subject = { group: "meta.k8s.io", plural: "patchoptions", kind: "PatchOptions" };
    throw invalid(subject, "", [requiredField("fieldManager", "is required for apply patch")]);
  }
  const body = await decodeBody(await readBody(request), "application/yaml");
  if (body?.metadata?.managedFields) throw badRequest("metadata.managedFields must be nil");
  const decoded = checkObject(services, exchange, body, type.group, type.version, type.kind);
  const given = decoded.object.metadata.name;
  if (given !== undefined && given !== name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  return decoded;
}

/** Server-side apply. Who may patch and not create may not apply an object into being. */
export async function handleApply(
  services: Services,
  exchange: Exchange,
  request: ResourceRequest,
): Promise<void> {
  const { type, namespace, name = "", subresource } = request;
  const { registry, authorizer } = services;
  const { object, warnings } = await readConfiguration(services, exchange, request);
  object.metadata = { ...(namespace ? { namespace } : {}), ...object.metadata, name };
  const present = registry.store.get(type, namespace, name);
  const { group, plural: resource } = type;
  const creation = { verb: "create", group, resource, ...(namespace ? { namespace } : {}) };
  if (!present && !subresource && !authorizer.isAllowed(exchange.user, creation)) {
    const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : "at the cluster scope";
    const why = `User ${JSON.stringify(exchange.user.name)} cannot create resource ${JSON.stringify(resource)} in API group ${JSON.stringify(group)} ${where}`;
    throw forbidden(type, name, why);
  }
  const force = exchange.query.get("force") === "true";
  const options = { ...writeOptions(exchange, subresource), force };
  const applied = registry.apply(type, namespace, name, object, options);
  sendObject(exchange, type, applied, present ? 200 : 201, services.clock.now(), warnings);
}
