import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Logger } from "@vkubelet/core";
import type { Authenticator, RequestCredentials } from "./authenticator.ts";
import type { Authorizer, NodeAccess } from "./authorizer.ts";
import { answerText } from "./http-answer.ts";
import { matchRoute, type Route, requiredAccess } from "./routes.ts";

/** Who decides about requests. */
export interface Gate {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly logger: Logger;
}

/** A request that may be served. */
export interface AdmittedRequest {
  readonly route: Route;
  readonly method: string;
  readonly query: URLSearchParams;
}

/**
 * Authenticates and authorizes a request of any kind. Undefined when it may not go on: it has been answered then, or its
 * client has gone.
 */
export async function admitRequest(
  request: IncomingMessage,
  response: ServerResponse,
  gate: Gate,
): Promise<AdmittedRequest | undefined> {
  const method = request.method ?? "GET";
  // One reading of the target for both: what is authorized must be what is served.
  const url = URL.parse(request.url ?? "/", "https://kubelet");
  const route = url === null ? undefined : matchRoute(url.pathname);
  if (url === null || route === undefined) {
    answerText(response, 400, "the path is not validly encoded");
    return undefined;
  }
  const gone = new AbortController();
  const onClose = () => gone.abort(new Error("the client has gone"));
  response.once("close", onClose);
  request.socket.once("close", onClose);
  try {
    const access = requiredAccess(method, url.pathname);
    if (!(await isAllowed(request, access, response, gate, gone.signal))) return undefined;
  } catch (error) {
    if (gone.signal.aborted) return undefined;
    throw error;
  } finally {
    response.off("close", onClose);
    request.socket.off("close", onClose);
  }
  return { route, method, query: url.searchParams };
}

/** Whether the request may go on; answers it otherwise. */
async function isAllowed(
  request: IncomingMessage,
  access: NodeAccess,
  response: ServerResponse,
  { authenticator, authorizer, logger }: Gate,
  signal: AbortSignal,
): Promise<boolean> {
  const identity = await authenticator.authenticate(credentialsOf(request), signal);
  if (identity === undefined) {
    answerText(response, 401, "Unauthorized");
    return false;
  }
  let allowed: boolean;
  try {
    allowed = await authorizer.authorize(identity, access, signal);
  } catch (error) {
    signal.throwIfAborted();
    logger.error("cannot authorize a request", {
      user: identity.username,
      error: error instanceof Error ? error.message : String(error),
    });
    answerText(response, 500, `Authorization error (${describe(identity.username, access)})`);
    return false;
  }
  if (!allowed) answerText(response, 403, `Forbidden (${describe(identity.username, access)})`);
  return allowed;
}

function describe(user: string, access: NodeAccess): string {
  return `user=${user}, verb=${access.verb}, resource=nodes, subresource(s)=[${access.subresources.join(" ")}]`;
}

function credentialsOf(request: IncomingMessage): RequestCredentials {
  const socket = request.socket as TLSSocket;
  const { authorization } = request.headers;
  const subject = socket.authorized ? socket.getPeerCertificate().subject : undefined;
  return {
    ...(subject === undefined ? {} : { verifiedSubject: { CN: subject.CN, O: subject.O } }),
    ...(authorization === undefined ? {} : { authorization }),
  };
}

/** The path without the query, which may hold what is nobody's business in a log. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").replace(/[?#].*$/s, "");
}
