import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { notImplemented } from "../api/status-error.ts";
import type { KeyPair } from "../pki/certificate-authority.ts";
import { handleRequest } from "./router.ts";
import type { Services } from "./services.ts";

const upgradeAnswer = notImplemented(
  "exec, attach and port-forward are not supported by this in-memory cluster: call the kubelet's server directly",
);

/** A listening API server. */
export interface ApiServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Streams over an upgraded connection are not offered: the answer is a Status like any other. */
function refuseUpgrade(socket: Duplex): void {
  const text = JSON.stringify(upgradeAnswer.toStatus());
  socket.on("error", () => socket.destroy());
  socket.end(
    `HTTP/1.1 501 Not Implemented\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
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
  server.on("upgrade", (_request, socket) => refuseUpgrade(socket));
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
      }),
  };
}
