import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { ServiceError } from "../service-error.ts";
import type { Faults } from "./faults.ts";
import type { Service } from "./service.ts";

/** The services by how a request names them. */
export interface ServedServices {
  /** awsJson1.1: by the prefix of `X-Amz-Target`. */
  readonly byTarget: Readonly<Record<string, Service>>;
  /** restJson1: the path below `/v1/` is the operation's name in lower case. */
  readonly rest: Service;
}

/** Largest request body that is read; well above every limit of the services. */
const bodyLimit = 4 * 1024 * 1024;

/** Serves the AWS protocols on one port. Signatures are not checked. */
export function createEmulatorServer(services: ServedServices, faults: Faults): Server {
  return createServer((request, response) => {
    answer(services, faults, request, response).catch((error: unknown) => {
      // The client went away while its request was read.
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
}

interface Route {
  readonly service: Service | undefined;
  readonly operation: string;
  readonly protocol: "json" | "rest";
}

async function answer(
  services: ServedServices,
  faults: Faults,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  const route = routeOf(services, request);
  const fault = faults.take(route.operation);
  if (fault && "hang" in fault) return;
  try {
    const reply = await perform(route, body, fault);
    if (fault && "lostReply" in fault) {
      request.socket.destroy();
      return;
    }
    send(response, route.protocol, 200, reply);
  } catch (error) {
    const failure = error instanceof ServiceError ? error : internalError(error);
    const { type, message, members, status } = failure;
    response.setHeader("x-amzn-errortype", type);
    const name = route.protocol === "json" ? { __type: type } : {};
    send(response, route.protocol, status, { ...name, message, ...members });
  }
}

async function perform(
  { service, operation }: Route,
  body: string | undefined,
  fault: ReturnType<Faults["take"]>,
): Promise<unknown> {
  if (fault && "type" in fault) {
    throw new ServiceError(fault.type, fault.message ?? "injected fault", fault.status ?? 400);
  }
  const run =
    service && Object.hasOwn(service.operations, operation) ? service.operations[operation] : undefined;
  if (!run) {
    throw new ServiceError(
      "UnknownOperationException",
      `operation ${operation || "(none)"} is not emulated by @vkubelet/aws-emulator`,
    );
  }
  if (body === undefined) throw new ServiceError("RequestEntityTooLargeException", "body too large", 413);
  return run(parse(body), fault);
}

function routeOf({ byTarget, rest }: ServedServices, request: IncomingMessage): Route {
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") {
    const [prefix = "", operation = ""] = target.split(".");
    const service = Object.hasOwn(byTarget, prefix) ? byTarget[prefix] : undefined;
    return { service, operation, protocol: "json" };
  }
  const path = new URL(request.url ?? "/", "http://emulator").pathname;
  const name = request.method === "POST" && path.startsWith("/v1/") ? path.slice("/v1/".length) : undefined;
  const operation = Object.keys(rest.operations).find((known) => known.toLowerCase() === name);
  return { service: rest, operation: operation ?? `${request.method} ${path}`, protocol: "rest" };
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= bodyLimit) chunks.push(chunk);
  }
  return size <= bodyLimit ? Buffer.concat(chunks).toString("utf8") : undefined;
}

function parse(body: string): unknown {
  if (body === "") return {};
  try {
    return JSON.parse(body);
  } catch {
    throw new ServiceError("SerializationException", "the body is not JSON");
  }
}

function internalError(error: unknown): ServiceError {
  return new ServiceError("ServerException", `the emulator failed: ${String(error)}`, 500);
}

function send(response: ServerResponse, protocol: Route["protocol"], status: number, reply: unknown): void {
  response.writeHead(status, {
    "content-type": protocol === "json" ? "application/x-amz-json-1.1" : "application/json",
    "x-amzn-requestid": randomUUID(),
  });
  response.end(JSON.stringify(reply ?? {}));
}
