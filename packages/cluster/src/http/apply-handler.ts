import type { Json, KubeObject } from "../api/objects.ts";
import { badRequest, forbidden, invalid, requiredField, StatusError } from "../api/status-error.ts";
import { typeProblem } from "../ownership/typed-check.ts";
import { scaleOf } from "../registry/scale.ts";
import type { ApplyOptions } from "../registry/write-options.ts";
import { scaleType } from "../tables/scale-table.ts";
import { decodeBody, mediaType, readBody } from "./body.ts";
import { type Exchange, sendObject } from "./exchange.ts";
import type { ResourceRequest } from "./request-info.ts";
import type { Services } from "./services.ts";
import { checkObject, writeOptions } from "./write-handlers.ts";

const applyType = "application/apply-patch+yaml";

/** The kind of a configuration. */
interface ConfiguredKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Whether a patch is a server-side apply. */
export function isApplyPatch({ request }: Exchange): boolean {
  return mediaType(request) === applyType;
}

/** `apps/v1, Kind=Deployment`, with nothing before the slash for the core group. */
function kindText(apiVersion: string, kind: string): string {
  return `${apiVersion.includes("/") ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
}

function checkKind({ apiVersion = "", kind = "" }: Json, wanted: ConfiguredKind): string {
  const expected = kindText(wanted.group ? `${wanted.group}/${wanted.version}` : wanted.version, wanted.kind);
  const given = kindText(String(apiVersion), String(kind));
  if (given !== expected) throw badRequest(`invalid object type: ${given.slice(0, 200)}`);
  return given;
}

/** Reads the configuration of a server-side apply. @throws StatusError 400, 422, 500 (fields that the kind has not) */
async function readConfiguration(
  services: Services,
  exchange: Exchange,
  wanted: ConfiguredKind,
  { type, namespace, name = "" }: ResourceRequest,
): Promise<KubeObject> {
  const { query, request } = exchange;
  if (!query.get("fieldManager")) {
    const subject = { group: "meta.k8s.io", plural: "patchoptions", kind: "PatchOptions" };
    throw invalid(subject, "", [requiredField("fieldManager", "is required for apply patch")]);
  }
  const body = await decodeBody(await readBody(request), "application/yaml");
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw badRequest("error decoding YAML: the configuration is not an object");
  if (body.metadata?.managedFields) throw badRequest("metadata.managedFields must be nil");
  const kind = checkKind(body, wanted);
  const given: string = body.metadata?.name ?? "";
  // Of an object that is there, the name need not be said.
  if (given === "" && !services.registry.store.get(type, namespace, name)) {
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (given !== "" && given !== name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  const { group, version, kind: kindName } = wanted;
  const schema = services.schemas.get(services.schemas.nameOf(group, version, kindName) ?? "")?.schema ?? {};
  const problem = typeProblem(services.schemas, schema, body);
  if (problem !== undefined) {
    const what = `${body.metadata?.namespace ?? ""}/${given}; ${kind}`;
    throw new StatusError(500, "", `failed to create typed patch object (${what}): ${problem}`);
  }
  const { object } = checkObject(services, exchange, body, group, version, kindName);
  object.metadata = { ...(namespace ? { namespace } : {}), ...object.metadata, name };
  return object;
}

function applyOptions(exchange: Exchange, subresource: string | undefined): ApplyOptions {
  return { ...writeOptions(exchange, subresource), force: exchange.query.get("force") === "true" };
}

/** Server-side apply. Who may patch and not create may not apply an object into being. */
export async function handleApply(
  services: Services,
  exchange: Exchange,
  request: ResourceRequest,
): Promise<void> {
  const { type, namespace, name = "", subresource } = request;
  const { registry, authorizer } = services;
  const object = await readConfiguration(services, exchange, type, request);
  const present = registry.store.get(type, namespace, name);
  const { group, plural: resource } = type;
  const creation = { verb: "create", group, resource, ...(namespace ? { namespace } : {}) };
  if (!present && !subresource && !authorizer.isAllowed(exchange.user, creation)) {
    const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : "at the cluster scope";
    const why = `User ${JSON.stringify(exchange.user.name)} cannot create resource ${JSON.stringify(resource)} in API group ${JSON.stringify(group)} ${where}`;
    throw forbidden(type, name, why);
  }
  const options = applyOptions(exchange, subresource);
  const applied = registry.apply(type, namespace, name, object, options);
  sendObject(exchange, type, applied, present ? 200 : 201, services.clock.now());
}

/** Server-side apply of a workload's Scale. @throws StatusError as a server-side apply */
export async function handleScaleApply(
  services: Services,
  exchange: Exchange,
  request: ResourceRequest,
): Promise<void> {
  const { type, namespace, name = "" } = request;
  services.registry.get(type, namespace, name);
  const kind = { group: "autoscaling", version: "v1", kind: "Scale" };
  const scale = await readConfiguration(services, exchange, kind, request);
  const options = { ...applyOptions(exchange, undefined), ownedThrough: "scale" };
  const applied = services.registry.applyScale(type, namespace, name, scale, options);
  sendObject(exchange, scaleType, scaleOf(applied), 200, services.clock.now());
}
