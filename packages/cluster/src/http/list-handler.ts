import { type Json, toJson } from "../api/objects.ts";
import { badRequest, StatusError } from "../api/status-error.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";
import { partialMetadata, toTable } from "../tables/table.ts";
import { type Exchange, includeObject, sendJson, sendText } from "./exchange.ts";
import type { ListPages, Page } from "./list-pages.ts";
import { negotiate } from "./negotiation.ts";
import { parseSelection, selectObjects } from "./selection.ts";
import type { Services } from "./services.ts";

/** A query value that must be a whole number. @throws StatusError 400 */
export function integerQuery(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw badRequest(`${name}: Invalid value: ${JSON.stringify(text.slice(0, 100))}`);
  return Number(text);
}

function listMetadata(page: Page): Json {
  return {
    resourceVersion: String(page.resourceVersion),
    ...(page.continueToken ? { continue: page.continueToken, remainingItemCount: page.remaining } : {}),
  };
}

function readPage(
  services: Services,
  pages: ListPages,
  type: ResourceType,
  namespace: string | undefined,
  query: URLSearchParams,
): Page {
  const limit = integerQuery(query, "limit") ?? 0;
  const token = query.get("continue");
  if (token) return pages.next(token, limit);
  const selection = parseSelection(type, namespace, query);
  const minimum = integerQuery(query, "resourceVersion") ?? 0;
  const { reads: store } = services;
  if (minimum > store.revision) {
    throw new StatusError(
      504,
      "Timeout",
      `Timeout: Too large resource version: ${minimum}, current: ${store.revision}`,
      {
        causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
        retryAfterSeconds: 1,
      },
    );
  }
  return pages.first(selectObjects(store, type, selection), store.revision, limit);
}

/** Answers a list. */
export function handleList(
  services: Services,
  exchange: Exchange,
  type: ResourceType,
  namespace: string | undefined,
): void {
  const { request, response, query } = exchange;
  const representation = negotiate(request.headers.accept);
  const page = readPage(services, services.pages, type, namespace, query);
  const metadata = listMetadata(page);
  if (representation === "Table") {
    const options = { now: services.clock.now(), include: includeObject(query), withColumns: true };
    sendJson(response, 200, toTable(type, page.items, metadata, options));
    return;
  }
  const partial = representation !== "Object";
  const head = partial
    ? { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata }
    : { kind: `${type.kind}List`, apiVersion: apiVersionOf(type), metadata };
  const items = page.items.map((object) =>
    partial ? JSON.stringify(partialMetadata(object)) : toJson(object),
  );
  sendText(response, 200, `${JSON.stringify(head).slice(0, -1)},"items":[${items.join(",")}]}`);
}
