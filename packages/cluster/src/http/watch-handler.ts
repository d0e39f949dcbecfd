import { once } from "node:events";
import { type Json, toJson } from "../api/objects.ts";
import { badRequest, expired, StatusError } from "../api/status-error.ts";
import { breakConnection, WatchFaults } from "../faults/watch-faults.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";
import type { WatchOptions } from "../store/collection.ts";
import type { StreamEvent, WatchStream } from "../store/watch-stream.ts";
import { partialMetadata, toTable } from "../tables/table.ts";
import { type Exchange, includeObject } from "./exchange.ts";
import { integerQuery } from "./list-handler.ts";
import { negotiate, type Representation } from "./negotiation.ts";
import { parseSelection } from "./selection.ts";
import type { Services } from "./services.ts";

const defaultTimeoutSeconds = 1800;

interface Encoder {
  readonly type: ResourceType;
  readonly representation: Representation;
  readonly allowBookmarks: boolean;
  readonly query: URLSearchParams;
  readonly now: () => number;
  columnsSent: boolean;
}

function watchOptions(query: URLSearchParams): WatchOptions {
  const version = integerQuery(query, "resourceVersion");
  const sendInitial = query.get("sendInitialEvents");
  if (sendInitial !== null && query.get("resourceVersionMatch") !== "NotOlderThan") {
    throw new StatusError(
      422,
      "Invalid",
      `ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan`,
      { group: "meta.k8s.io", kind: "ListOptions" },
    );
  }
  if (sendInitial === "true") return { markInitialEnd: query.get("allowWatchBookmarks") === "true" };
  if (query.get("continue")) throw badRequest("continue is forbidden for watch");
  // Version 0 and no version both mean: the present state first.
  if (!version) return {};
  return { fromRevision: version };
}

function bookmarkObject(type: ResourceType, event: StreamEvent & { type: "BOOKMARK" }): Json {
  return {
    kind: type.kind,
    apiVersion: apiVersionOf(type),
    metadata: {
      resourceVersion: String(event.revision),
      creationTimestamp: null,
      ...(event.initialEventsEnd ? { annotations: { "k8s.io/initial-events-end": "true" } } : {}),
    },
    ...(type.kind === "Pod" ? { spec: { containers: null }, status: {} } : {}),
  };
}

function encode(encoder: Encoder, event: StreamEvent): string {
  if (event.type === "BOOKMARK") {
    if (!encoder.allowBookmarks) return "";
    const object = bookmarkObject(encoder.type, event);
    const view = encoder.representation === "Table" ? bookmarkTable(encoder, object) : object;
    return `${JSON.stringify({ type: "BOOKMARK", object: view })}\n`;
  }
  switch (encoder.representation) {
    case "Object":
      return `{"type":"${event.type}","object":${toJson(event.object)}}\n`;
    case "Table": {
      const options = {
        now: encoder.now(),
        include: includeObject(encoder.query),
        withColumns: !encoder.columnsSent,
      };
      encoder.columnsSent = true;
      const metadata = { resourceVersion: event.object.metadata.resourceVersion };
      const object = toTable(encoder.type, [event.object], metadata, options);
      return `${JSON.stringify({ type: event.type, object })}\n`;
    }
    default:
      return `${JSON.stringify({ type: event.type, object: partialMetadata(event.object) })}\n`;
  }
}

function bookmarkTable(encoder: Encoder, object: Json): Json {
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: { resourceVersion: object.metadata.resourceVersion },
    columnDefinitions: encoder.columnsSent ? null : encoder.type.columns,
    rows: [
      {
        cells: encoder.type.columns.map(() => null),
        object: { ...object, kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1" },
      },
    ],
  };
}

function errorLine(error: StatusError): string {
  return `${JSON.stringify({ type: "ERROR", object: error.toStatus() })}\n`;
}

/** Opens the stream; a version that is too old is answered inside of it, as the API server does. */
function openStream(
  services: Services,
  type: ResourceType,
  options: WatchOptions,
): WatchStream | StatusError {
  try {
    return services.registry.store.watch(type, options);
  } catch (error) {
    if (error instanceof StatusError && error.code === 410) return error;
    throw error;
  }
}

/** Answers a watch: one JSON event a line until the client leaves, the time is up, or the client falls too far behind. */
export async function handleWatch(
  services: Services,
  exchange: Exchange,
  type: ResourceType,
  namespace: string | undefined,
): Promise<void> {
  const { request, response, query } = exchange;
  const encoder: Encoder = {
    type,
    query,
    representation: negotiate(request.headers.accept),
    allowBookmarks: query.get("allowWatchBookmarks") === "true",
    now: () => services.clock.now(),
    columnsSent: false,
  };
  const timeout = integerQuery(query, "timeoutSeconds") || defaultTimeoutSeconds;
  const { matches } = parseSelection(type, namespace, query);
  const stream = openStream(services, type, {
    ...watchOptions(query),
    ...(matches ? { matches } : {}),
  });
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache, private" });
  response.flushHeaders();
  const faults = new WatchFaults(exchange.faults);
  if (faults.dropsAtOnce) {
    if (!(stream instanceof StatusError)) stream.close();
    breakConnection(response);
    return;
  }
  if (stream instanceof StatusError) {
    response.end(errorLine(stream));
    return;
  }
  await pump(services, exchange, stream, encoder, faults, timeout);
}

async function pump(
  services: Services,
  { response, signal }: Exchange,
  stream: WatchStream,
  encoder: Encoder,
  faults: WatchFaults,
  timeoutSeconds: number,
): Promise<void> {
  const end = new AbortController();
  const ended = new AbortController();
  const close = () => {
    stream.close();
    ended.abort(new Error("the watch has ended"));
  };
  signal.addEventListener("abort", close, { once: true });
  services.clock.sleep(timeoutSeconds * 1000, end.signal).then(close, () => undefined);
  try {
    for (;;) {
      const events = await stream.take();
      if (events.length === 0 || signal.aborted) break;
      for await (const portion of faults.portions(events, ended.signal)) {
        const text = portion.events.map((event) => encode(encoder, event)).join("");
        if (text && !response.write(text)) await once(response, "drain", { signal });
        if (portion.drops) {
          breakConnection(response);
          return;
        }
      }
    }
    if (stream.overflowed)
      response.write(errorLine(expired("too old resource version: the watcher fell too far behind")));
  } catch (error) {
    // The client went away while the answer was waiting for it: there is nobody left to tell.
    if (!signal.aborted) throw error;
  } finally {
    stream.close();
    end.abort(new Error("watch ended"));
    signal.removeEventListener("abort", close);
    response.end();
  }
}
