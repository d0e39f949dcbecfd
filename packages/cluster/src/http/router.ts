import type { IncomingMessage, ServerResponse } from "node:http";
import type { KubeObject } from "../api/objects.ts";
import { methodNotAllowed, notFound, unauthorized } from "../api/status-error.ts";
import { impersonates, readImpersonation } from "../auth/impersonation.ts";
import { answerReview } from "../auth/reviews.ts";
import type { User } from "../auth/user.ts";
import { disturb } from "../faults/inject.ts";
import { authorize } from "./authorize.ts";
import { decodeBody, mediaType, readBody } from "./body.ts";
import { handleDelete, handleDeleteCollection } from "./delete-handlers.ts";
import { type ClientUpgrade, type Exchange, sendError, sendObject } from "./exchange.ts";
import { handleList } from "./list-handler.ts";
import { attributesOf, parseResourcePath, type ResourceRequest, resolveRequest } from "./request-info.ts";
import type { Services } from "./services.ts";
import { handleStaticPath } from "./static-routes.ts";
import { handleBindings, handleSubresource } from "./subresources.ts";
import { handleWatch } from "./watch-handler.ts";
import { checkObject, handleCreate, handlePatch, handleUpdate } from "./write-handlers.ts";

async function handleReview(
  services: Services,
  exchange: Exchange,
  { type }: ResourceRequest,
): Promise<void> {
  const body = (await decodeBody(await readBody(exchange.request), mediaType(exchange.request))) ?? {};
  const { object } = checkObject(services, exchange, body, type.group, type.version, type.kind);
  sendObject(exchange, type, answerReview(services, exchange, object), 201, services.clock.now());
}

function isReview({ type }: ResourceRequest): boolean {
  return type.group === "authentication.k8s.io" || type.group === "authorization.k8s.io";
}

/** @throws StatusError 404 */
function readObject({ reads }: Services, { type, namespace, name = "" }: ResourceRequest): KubeObject {
  const object = reads.get(type, namespace, name);
  if (!object) throw notFound(type, name);
  return object;
}

async function handleResource(
  services: Services,
  exchange: Exchange,
  request: ResourceRequest,
): Promise<void> {
  const { type, verb, namespace } = request;
  if (request.subresource !== undefined) return handleSubresource(services, exchange, request);
  if (!type.verbs.includes(verb)) throw methodNotAllowed();
  switch (verb) {
    case "get":
      sendObject(exchange, type, readObject(services, request), 200, services.clock.now());
      return;
    case "list":
      return handleList(services, exchange, type, namespace);
    case "watch":
      return handleWatch(services, exchange, type, namespace);
    case "create":
      if (isReview(request)) return handleReview(services, exchange, request);
      if (type.plural === "bindings") return handleBindings(services, exchange, request);
      return handleCreate(services, exchange, request);
    case "update":
      return handleUpdate(services, exchange, request);
    case "patch":
      return handlePatch(services, exchange, request);
    case "delete":
      return handleDelete(services, exchange, request);
    case "deletecollection":
      return handleDeleteCollection(services, exchange, request);
    default:
      throw methodNotAllowed();
  }
}

/** The user himself, or the one in whose name he is allowed to ask. @throws StatusError 403 */
function actingUser(services: Services, user: User, request: IncomingMessage): User {
  if (!impersonates(request.headers)) return user;
  const impersonation = readImpersonation(request.headersDistinct);
  for (const attributes of impersonation.needs) authorize(services, user, attributes);
  return impersonation.user;
}

async function route(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
  upgrade: ClientUpgrade | undefined,
): Promise<void> {
  const url = new URL(request.url ?? "/", "https://cluster.invalid");
  const authenticated = services.authenticator.authenticate(request.headers.authorization);
  if (!authenticated) throw unauthorized();
  const user = actingUser(services, authenticated, request);
  const exchange: Exchange = {
    ...{ request, response, path: url.pathname, query: url.searchParams, user, signal },
    ...(upgrade === undefined ? {} : { upgrade }),
  };
  const method = request.method ?? "GET";
  const path = parseResourcePath(url.pathname);
  if (!path) {
    const verb = method === "GET" || method === "HEAD" ? "get" : method.toLowerCase();
    authorize(services, user, { verb, path: url.pathname });
    handleStaticPath(services, exchange);
    return;
  }
  const attributes = attributesOf(method, path, url.searchParams);
  authorize(services, user, attributes);
  const target = resolveRequest(services.registry.types, method, path, url.searchParams);
  const disturbed = await disturb(services, exchange, services.faults.take(user, attributes));
  if (!disturbed) return;
  try {
    await handleResource(disturbed.services, disturbed.exchange, target);
  } finally {
    disturbed.done();
  }
}

/** Answers one request; every failure becomes a Status. */
export function handleRequest(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
  upgrade?: ClientUpgrade,
): void {
  const gone = new AbortController();
  response.once("close", () => gone.abort(new Error("the client has gone")));
  route(services, request, response, gone.signal, upgrade)
    .catch((error: unknown) => {
      // Granted already: there is nothing to answer with.
      if (upgrade !== undefined && response.socket === null) upgrade.socket.destroy();
      else sendError(response, error);
    })
    .finally(() => {
      // A body that was refused before its end must not hold the connection up.
      if (!request.complete) request.resume();
    });
}
