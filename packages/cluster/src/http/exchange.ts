import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Json, KubeObject } from "../api/objects.ts";
import { toJson } from "../api/objects.ts";
import { StatusError } from "../api/status-error.ts";
import type { User } from "../auth/user.ts";
import type { ActiveFault } from "../faults/fault-set.ts";
import { type IncludeObject, partialMetadata, type TabledType, toTable } from "../tables/table.ts";
import { negotiate } from "./negotiation.ts";

/** The connection of a request that asks for another protocol. */
export interface ClientUpgrade {
  readonly socket: Duplex;
  /** What came after the request. */
  readonly head: Buffer;
}

/** One request on its way to an answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly user: User;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
  readonly upgrade?: ClientUpgrade;
  /** What goes wrong with it on request. */
  readonly faults?: readonly ActiveFault[];
}

/** Answers with JSON text. */
export function sendText(
  response: ServerResponse,
  code: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(code, {
    "content-type": "application/json",
    "cache-control": "no-cache, private",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** Answers with a JSON value that is no resource. */
export function sendJson(
  response: ServerResponse,
  code: number,
  value: unknown,
  headers?: Record<string, string>,
): void {
  sendText(response, code, JSON.stringify(value), headers);
}

/** Answers with an error as the API's Status; anything unforeseen is a 500 that says what happened. */
export function sendError(response: ServerResponse, error: unknown): void {
  const status =
    error instanceof StatusError
      ? error
      : new StatusError(
          500,
          "InternalError",
          `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`,
        );
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const headers: Record<string, string> = status.code === 401 ? { "www-authenticate": "Bearer" } : {};
  const retry = status.details?.retryAfterSeconds;
  if (retry) headers["retry-after"] = String(retry);
  sendJson(response, status.code, status.toStatus(), headers);
}

/** How much of each object a table row carries. */
export function includeObject(query: URLSearchParams): IncludeObject {
  const value = query.get("includeObject");
  return value === "None" || value === "Object" ? value : "Metadata";
}

/** Answers with one object in the representation that the client accepts. */
export function sendObject(
  exchange: Exchange,
  type: TabledType,
  object: KubeObject,
  code: number,
  now: number,
  headers: Record<string, string> = {},
): void {
  const { request, response, query } = exchange;
  switch (negotiate(request.headers.accept)) {
    case "Table": {
      const metadata: Json = { resourceVersion: object.metadata?.resourceVersion ?? "" };
      const options = { now, include: includeObject(query), withColumns: true };
      sendJson(response, code, toTable(type, [object], metadata, options), headers);
      return;
    }
    case "PartialObjectMetadata":
    case "PartialObjectMetadataList":
      sendJson(response, code, partialMetadata(object), headers);
      return;
    default:
      sendText(response, code, toJson(object), headers);
  }
}
