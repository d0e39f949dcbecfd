import { constants } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock, Logger } from "@vkubelet/core";
import { admitRequest, pathOf } from "./admit-request.ts";
import type { Authenticator } from "./authenticator.ts";
import type { Authorizer } from "./authorizer.ts";
import { answerText } from "./http-answer.ts";
import type { KubeletServerHost } from "./kubelet-server-host.ts";
import { serveRoute } from "./serve-route.ts";
import type { CertificatePair, CertificateSource } from "./serving-certificate.ts";
import { isSessionRoute, serveSession } from "./sessions/serve-session.ts";

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
/** The kubelet's `streamingConnectionIdleTimeout`, in milliseconds. */
const idleMs = 4 * 60 * 60 * 1_000;

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
  const upgraded = new Set<Duplex>();
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
  const logFailure = (request: IncomingMessage, error: unknown) =>
    logger.error("request to the kubelet server failed", {
      method: request.method,
      path: pathOf(request),
      error: error instanceof Error ? error.message : String(error),
    });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    serveRequest(request, response, options).catch((error: unknown) => {
      logFailure(request, error);
      if (response.headersSent) response.destroy();
      else answerText(response, 500, "Internal error");
    });
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
    // Whoever serves it hears of it by the end of the connection.
    socket.on("error", (error) => logger.debug("a connection broke", { error: error.message }));
    request.socket.setTimeout(idleMs, () => socket.destroy());
    serveUpgrade(request, socket, head, options).catch((error: unknown) => {
      if (!socket.destroyed) logFailure(request, error);
      socket.destroy();
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
    for (const socket of upgraded) socket.destroy();
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
  const admitted = await admitRequest(request, response, options);
  if (admitted !== undefined) await serveRoute(admitted, response, options);
}

/** A request with `Upgrade`; until something is granted it is answered like any other. */
async function serveUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  options: KubeletServerOptions,
): Promise<void> {
  const response = new ServerResponse(request);
  // A request with this header has no body, and nothing but the session comes after it.
  response.shouldKeepAlive = false;
  response.assignSocket(request.socket);
  response.once("finish", () => socket.end());
  const admitted = await admitRequest(request, response, options);
  if (admitted === undefined) return;
  const { route } = admitted;
  if (!isSessionRoute(route)) {
    await serveRoute(admitted, response, options);
    return;
  }
  await serveSession(route, admitted, { request, response, socket, head }, options);
}
