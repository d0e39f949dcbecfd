import type { Json } from "../api/objects.ts";
import { badRequest, invalid, methodNotAllowed } from "../api/status-error.ts";
import type { DeleteOptions } from "../registry/deletion.ts";
import { apiVersionOf } from "../resources/resource-type.ts";
import { decodeBody, mediaType, readBody } from "./body.ts";
import { type Exchange, sendJson, sendObject } from "./exchange.ts";
import type { ResourceRequest } from "./request-info.ts";
import { parseSelection, selectObjects } from "./selection.ts";
import type { Services } from "./services.ts";
import { isDryRun } from "./write-handlers.ts";

/** DeleteOptions from body and query. @throws StatusError 400, 422 */
export function deleteOptions(body: Json, query: URLSearchParams): DeleteOptions {
  const given = body ?? {};
  if (typeof given !== "object" || Array.isArray(given)) throw badRequest("DeleteOptions is not an object");
  const grace =
    given.gracePeriodSeconds ??
    (query.has("gracePeriodSeconds") ? Number(query.get("gracePeriodSeconds")) : undefined);
  if (grace !== undefined && grace !== null && !Number.isInteger(grace))
    throw badRequest("gracePeriodSeconds: Invalid value: must be an integer");
  const orphan =
    given.orphanDependents ??
    (query.has("orphanDependents") ? query.get("orphanDependents") === "true" : undefined);
  const policy =
    given.propagationPolicy ??
    query.get("propagationPolicy") ??
    (orphan === undefined ? undefined : orphan ? "Orphan" : "Background");
  if (policy !== undefined && !["Orphan", "Background", "Foreground"].includes(policy)) {
    const subject = { group: "meta.k8s.io", plural: "DeleteOptions", kind: "DeleteOptions" };
    throw invalid(subject, "", [
      {
        field: "propagationPolicy",
        reason: "FieldValueNotSupported",
        message: `Unsupported value: ${JSON.stringify(policy)}: supported values: "Background", "Foreground", "Orphan"`,
      },
    ]);
  }
  const { uid, resourceVersion } = given.preconditions ?? {};
  return {
    ...(grace === undefined || grace === null ? {} : { gracePeriodSeconds: grace }),
    ...(policy ? { propagationPolicy: policy } : {}),
    preconditions: {
      ...(uid ? { uid: String(uid) } : {}),
      ...(resourceVersion ? { resourceVersion: String(resourceVersion) } : {}),
    },
    dryRun: isDryRun([...query.getAll("dryRun"), ...(given.dryRun ?? [])]),
  };
}

async function readDeleteOptions(exchange: Exchange): Promise<DeleteOptions> {
  const body = await decodeBody(await readBody(exchange.request), mediaType(exchange.request));
  return { ...deleteOptions(body, exchange.query), user: exchange.user };
}

export async function handleDelete(
  services: Services,
  exchange: Exchange,
  { type, namespace, name = "", subresource }: ResourceRequest,
): Promise<void> {
  if (subresource) throw methodNotAllowed();
  const { object, removed } = services.registry.delete(
    type,
    namespace,
    name,
    await readDeleteOptions(exchange),
  );
  if (!removed || type.strategy.returnsDeleted) {
    sendObject(exchange, type, object, 200, services.clock.now());
    return;
  }
  const details = {
    name,
    ...(type.group ? { group: type.group } : {}),
    kind: type.plural,
    uid: object.metadata.uid,
  };
  sendJson(exchange.response, 200, {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details,
  });
}

export async function handleDeleteCollection(
  services: Services,
  exchange: Exchange,
  { type, namespace }: ResourceRequest,
): Promise<void> {
  const options = await readDeleteOptions(exchange);
  const selection = parseSelection(type, namespace, exchange.query);
  const items = selectObjects(services.registry.store, type, selection).map(
    ({ metadata }) => services.registry.delete(type, metadata.namespace, metadata.name, options).object,
  );
  const metadata = { resourceVersion: String(services.registry.store.revision) };
  sendJson(exchange.response, 200, {
    kind: `${type.kind}List`,
    apiVersion: apiVersionOf(type),
    metadata,
    items,
  });
}
