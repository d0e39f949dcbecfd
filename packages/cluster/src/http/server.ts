import { type IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { KeyPair } from "../pki/certificate-authority.ts";
import { handleRequest } from "./router.ts";
import type { Services } from "./services.ts";

/** A listening API server. */
export interface ApiServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts the HTTPS server. */
export async function startApiServer(
  services: Services,
  identity: KeyPair,
  listen: { readonly port: number; readonly address: string },
): Promise<ApiServer> {
  const server: Server = createServer(
    {
      key: identity.keyPem,
      cert: identity.certificatePem,
      minVersion: "TLSv1.2",
      keepAliveTimeout: 90_000,
      requestTimeout: 60_000,
    },
    (request, response) => handleRequest(services, request, response),
  );
  const upgraded = new Set<Duplex>();
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
    socket.on("error", () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(request.socket);
    response.once("finish", () => socket.end());
    handleRequest(services, request, response, { socket, head });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(listen.port, listen.address, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }),
  };
}
