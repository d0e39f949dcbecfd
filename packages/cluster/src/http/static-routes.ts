import type { Json } from "../api/objects.ts";
import { noSuchPath } from "../api/status-error.ts";
import {
  aggregatedDiscovery,
  aggregatedType,
  apiGroupDocument,
  apiGroupList,
  apiResourceList,
  apiVersions,
  hashOf,
  version,
} from "../discovery/discovery.ts";
import { type Exchange, sendJson, sendText } from "./exchange.ts";
import { parseAccept } from "./negotiation.ts";
import type { Services } from "./services.ts";

const healthPath = /^\/(healthz|livez|readyz)(\/.*)?$/;

function wantsAggregated(accept: string | undefined): boolean {
  return parseAccept(accept).some(
    ({ type, parameters }) =>
      type === "application/json" &&
      parameters.get("as") === "APIGroupDiscoveryList" &&
      parameters.get("v") === "v2",
  );
}

/** Sends a document that clients cache by its ETag. */
function sendCached(exchange: Exchange, text: string, hash: string, contentType: string): void {
  const etag = `"${hash}"`;
  const headers = { etag, vary: "Accept", "cache-control": "public", "content-type": contentType };
  if (exchange.request.headers["if-none-match"] === etag) {
    exchange.response.writeHead(304, headers).end();
    return;
  }
  sendText(exchange.response, 200, text, headers);
}

function sendDiscovery(services: Services, exchange: Exchange, core: boolean): void {
  const { types } = services.registry;
  const aggregated = wantsAggregated(exchange.request.headers.accept);
  const document: Json = aggregated
    ? aggregatedDiscovery(types, core)
    : core
      ? apiVersions()
      : apiGroupList(types);
  const text = JSON.stringify(document);
  sendCached(exchange, text, hashOf(text), aggregated ? aggregatedType : "application/json");
}

function sendOpenApi(services: Services, exchange: Exchange, path: string): void {
  if (path === "") {
    const text = JSON.stringify(services.openApi.index());
    sendCached(exchange, text, hashOf(text), "application/json");
    return;
  }
  const document = services.openApi.document(path);
  if (!document) throw noSuchPath();
  sendCached(exchange, document.text, document.hash, "application/json");
}

function send(exchange: Exchange, document: Json): void {
  if (!document) throw noSuchPath();
  sendJson(exchange.response, 200, document);
}

/** Answers the paths that are about no resource. @throws StatusError 404 */
export function handleStaticPath(services: Services, exchange: Exchange): void {
  const path = exchange.path.length > 1 ? exchange.path.replace(/\/+$/, "") : exchange.path;
  if (!["GET", "HEAD"].includes(exchange.request.method ?? "")) throw noSuchPath();
  if (healthPath.test(path)) {
    sendText(exchange.response, 200, "ok", { "content-type": "text/plain; charset=utf-8" });
    return;
  }
  const openApi = /^\/openapi\/v3(?:\/(.*))?$/.exec(path);
  if (openApi) {
    sendOpenApi(services, exchange, openApi[1] ?? "");
    return;
  }
  const [, root, group, groupVersion, ...rest] = path.split("/");
  if (rest.length > 0) throw noSuchPath();
  const { types } = services.registry;
  if (path === "/version") send(exchange, version);
  else if (root === "api" && group === undefined) sendDiscovery(services, exchange, true);
  else if (root === "apis" && group === undefined) sendDiscovery(services, exchange, false);
  else if (root === "api" && groupVersion === undefined)
    send(exchange, apiResourceList(types, "", group ?? ""));
  else if (root === "apis" && groupVersion === undefined)
    send(exchange, apiGroupDocument(types, group ?? ""));
  else if (root === "apis") send(exchange, apiResourceList(types, group ?? "", groupVersion ?? ""));
  else throw noSuchPath();
}
