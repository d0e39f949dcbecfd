import type { Json, KubeObject } from "../api/objects.ts";
import { methodNotAllowed } from "../api/status-error.ts";
import { requestToken } from "../auth/token-request.ts";
import { bindPod } from "../pods/binding.ts";
import { evictPod } from "../pods/eviction.ts";
import { handlePodLog } from "../pods/log.ts";
import { servePodSession } from "../pods/sessions/serve-session.ts";
import { scaleOf, withScale } from "../registry/scale.ts";
import { scaleType } from "../tables/scale-table.ts";
import { handleScaleApply, isApplyPatch } from "./apply-handler.ts";
import { decodeBody, mediaType, readBody } from "./body.ts";
import { deleteOptions } from "./delete-handlers.ts";
import { type Exchange, sendJson, sendObject } from "./exchange.ts";
import type { ResourceRequest } from "./request-info.ts";
import type { Services } from "./services.ts";
import {
  checkObject,
  fieldManager,
  handlePatch,
  handleUpdate,
  isDryRun,
  readPatch,
} from "./write-handlers.ts";

const created = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 };

async function readKind(
  services: Services,
  exchange: Exchange,
  group: string,
  kind: string,
): Promise<KubeObject> {
  const body = (await decodeBody(await readBody(exchange.request), mediaType(exchange.request))) ?? {};
  return checkObject(services, exchange, body, group, "v1", kind).object;
}

async function handleBinding(
  services: Services,
  exchange: Exchange,
  { namespace = "", name = "" }: ResourceRequest,
): Promise<void> {
  const binding = await readKind(services, exchange, "", "Binding");
  bindPod(services.registry, namespace, name, binding, {
    user: exchange.user,
    dryRun: isDryRun(exchange.query.getAll("dryRun")),
  });
  sendJson(exchange.response, 201, created);
}

/** `POST …/namespaces/NS/bindings`, the older form that names the pod in its body. */
export async function handleBindings(
  services: Services,
  exchange: Exchange,
  { namespace = "" }: ResourceRequest,
): Promise<void> {
  const binding = await readKind(services, exchange, "", "Binding");
  bindPod(services.registry, namespace, binding.metadata.name, binding, { user: exchange.user });
  sendJson(exchange.response, 201, created);
}

async function handleEviction(
  services: Services,
  exchange: Exchange,
  { namespace = "", name = "" }: ResourceRequest,
): Promise<void> {
  const eviction = await readKind(services, exchange, "policy", "Eviction");
  const type = services.registry.types.require("", "pods");
  services.registry.restrict(exchange.user, {
    operation: "create",
    type,
    subresource: "eviction",
    namespace,
    name,
  });
  const options = deleteOptions(eviction["deleteOptions"], exchange.query);
  evictPod(services.registry, namespace, name, options, eviction.metadata.name ?? "");
  sendJson(exchange.response, 201, created);
}

async function handleToken(
  services: Services,
  exchange: Exchange,
  { type, namespace = "", name = "" }: ResourceRequest,
): Promise<void> {
  const request = await readKind(services, exchange, "authentication.k8s.io", "TokenRequest");
  const write = {
    operation: "create",
    type,
    subresource: "token",
    namespace,
    name,
    object: request,
  } as const;
  services.registry.restrict(exchange.user, write);
  sendJson(exchange.response, 201, requestToken(services, namespace, name, request));
}

async function handleScale(services: Services, exchange: Exchange, request: ResourceRequest): Promise<void> {
  const { type, namespace, name = "", verb } = request;
  if (verb === "patch" && isApplyPatch(exchange)) return handleScaleApply(services, exchange, request);
  const { registry } = services;
  let object = registry.get(type, namespace, name);
  if (verb !== "get") {
    const body =
      verb === "update"
        ? ((await decodeBody(await readBody(exchange.request), mediaType(exchange.request))) as Json)
        : undefined;
    const patch = verb === "patch" ? await readPatch(services, exchange) : undefined;
    const options = {
      user: exchange.user,
      manager: fieldManager(exchange),
      ownedThrough: "scale",
      dryRun: isDryRun(exchange.query.getAll("dryRun")),
    };
    object = registry.mutate(
      type,
      namespace,
      name,
      (old) => withScale(old, patch ? patch(scaleOf(old), "") : (body ?? {})),
      options,
    );
  }
  sendObject(exchange, scaleType, scaleOf(object), 200, services.clock.now());
}

/** Namespaces' `finalize`: writes the finalizers of the spec; the last one gone ends the namespace. */
async function handleFinalize(
  services: Services,
  exchange: Exchange,
  { type, name = "" }: ResourceRequest,
): Promise<void> {
  const body = await readKind(services, exchange, "", "Namespace");
  const finalized = services.registry.mutate(
    type,
    undefined,
    name,
    (old) => ({ ...old, spec: { ...old.spec, finalizers: body.spec?.finalizers ?? [] } }),
    { user: exchange.user, subresource: "finalize" },
  );
  sendObject(exchange, type, finalized, 200, services.clock.now());
}

/** Answers a request to a subresource. @throws StatusError 405 and what the subresource itself throws */
export async function handleSubresource(
  services: Services,
  exchange: Exchange,
  request: ResourceRequest,
): Promise<void> {
  const { type, subresource = "", verb, namespace, name = "" } = request;
  if (!type.subresources.get(subresource)?.verbs.includes(verb)) throw methodNotAllowed();
  switch (subresource) {
    case "exec":
    case "attach":
    case "portforward":
      return servePodSession(services, exchange, request);
    case "log":
      return handlePodLog(services, exchange, request);
    case "binding":
      return handleBinding(services, exchange, request);
    case "eviction":
      return handleEviction(services, exchange, request);
    case "token":
      return handleToken(services, exchange, request);
    case "scale":
      return handleScale(services, exchange, request);
    case "finalize":
      return handleFinalize(services, exchange, request);
    default:
      break;
  }
  if (verb === "get") {
    sendObject(exchange, type, services.registry.get(type, namespace, name), 200, services.clock.now());
    return;
  }
  return verb === "patch"
    ? handlePatch(services, exchange, request)
    : handleUpdate(services, exchange, request);
}
