import { constants } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Clock, Logger } from "@vkubelet/core";
import type { Authenticator, RequestCredentials } from "./authenticator.ts";
import type { Authorizer, NodeAccess } from "./authorizer.ts";
import { answerText } from "./http-answer.ts";
import type { KubeletServerHost } from "./kubelet-server-host.ts";
import { matchRoute, requiredAccess } from "./routes.ts";
import { serveRoute } from "./serve-route.ts";
import type { CertificatePair, CertificateSource } from "./serving-certificate.ts";

/** Options of {@link startKubeletServer}. */
export interface KubeletServerOptions {
  readonly host: KubeletServerHost;
  readonly certificate: CertificateSource;
  /** PEM of the CA whose client certificates prove an identity. Without it only bearer tokens do. */
  readonly clientCa?: string;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Address to listen on; all of them by default. */
  readonly address?: string;
  /** 10250 by default; 0 takes a free one. */
  readonly port?: number;
}

/** A kubelet server that listens. */
export interface KubeletServer extends AsyncDisposable {
  /** For `status.daemonEndpoints.kubeletEndpoint.Port` of the node. */
  readonly port: number;
  /** Ends every connection, running log streams included. */
  close(): Promise<void>;
}

const defaultPort = 10_250;

/**
 * The HTTPS side of a kubelet, as the API server and monitoring know it. Every request is authenticated and authorized
 * first. Rejects when there is no certificate or the port is taken.
 */
export async function startKubeletServer(options: KubeletServerOptions): Promise<KubeletServer> {
  const { certificate, logger } = options;
  const tls = (pair: CertificatePair) => ({
    key: pair.key,
    cert: pair.certificate,
    ...(options.clientCa === undefined ? {} : { ca: options.clientCa }),
    minVersion: "TLSv1.2" as const,
    // A resumed session would keep an identity that was verified against an earlier CA.
    secureOptions: constants.SSL_OP_NO_TICKET,
  });
  const server = createServer({
    ...tls(await certificate.load()),
    requestCert: options.clientCa !== undefined,
    // Whoever has no certificate may still bring a token; `authorized` is looked at for each request.
    rejectUnauthorized: false,
    maxHeaderSize: 1024 * 1024,
    keepAliveTimeout: 90_000,
    handshakeTimeout: 10_000,
    noDelay: true,
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    serveRequest(request, response, options).catch((error: unknown) => {
      logger.error("request to the kubelet server failed", {
        method: request.method,
        path: pathOf(request),
        error: error instanceof Error ? error.message : String(error),
      });
      if (response.headersSent) response.destroy();
      else answerText(response, 500, "Internal error");
    });
  });
  server.on("tlsClientError", (error) => logger.debug("TLS handshake failed", { error: error.message }));
  const port = await listen(server, options.port ?? defaultPort, options.address);
  logger.info("kubelet server listens", { port });

  const following = new AbortController();
  const followed = certificate.follow((pair) => server.setSecureContext(tls(pair)), following.signal);
  const close = async () => {
    following.abort();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await Promise.all([followed, closed]);
  };
  return { port, close, [Symbol.asyncDispose]: close };
}

async function listen(server: Server, port: number, address: string | undefined): Promise<number> {
  server.listen({ port, ...(address === undefined ? {} : { host: address }) });
  try {
    await once(server, "listening");
  } catch (error) {
    const code = (error as { code?: string }).code;
    const why = code === "EADDRINUSE" ? "the port is taken" : (error as Error).message;
    throw new Error(`kubelet server cannot listen on port ${port}: ${why}; choose another`, { cause: error });
  }
  return (server.address() as AddressInfo).port;
}

async function serveRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: KubeletServerOptions,
): Promise<void> {
  const method = request.method ?? "GET";
  // One reading of the target for both: what is authorized must be what is served.
  const url = URL.parse(request.url ?? "/", "https://kubelet");
  const route = url === null ? undefined : matchRoute(url.pathname);
  if (url === null || route === undefined) {
    answerText(response, 400, "the path is not validly encoded");
    return;
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort(new Error("the client has gone")));
  try {
    if (!(await admit(request, requiredAccess(method, url.pathname), response, options, gone.signal))) return;
  } catch (error) {
    if (gone.signal.aborted) return;
    throw error;
  }
  await serveRoute(route, method, url.searchParams, response, options);
}

/** Whether the request may go on; answers it otherwise. */
async function admit(
  request: IncomingMessage,
  access: NodeAccess,
  response: ServerResponse,
  options: KubeletServerOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const identity = await options.authenticator.authenticate(credentialsOf(request), signal);
  if (identity === undefined) {
    answerText(response, 401, "Unauthorized");
    return false;
  }
  let allowed: boolean;
  try {
    allowed = await options.authorizer.authorize(identity, access, signal);
  } catch (error) {
    signal.throwIfAborted();
    options.logger.error("cannot authorize a request", {
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
function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").replace(/[?#].*$/s, "");
}
