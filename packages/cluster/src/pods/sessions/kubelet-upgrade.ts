import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { request } from "node:https";
import type { Duplex } from "node:stream";
import { StatusError } from "../../api/status-error.ts";
import type { KeyPair } from "../../pki/certificate-authority.ts";

/** A connection to a kubelet that was upgraded. */
export interface UpgradedConnection {
  /** The answer that granted it. */
  readonly answer: IncomingMessage;
  readonly socket: Duplex;
  /** What came after the answer. */
  readonly head: Buffer;
}

/** What is sent to the kubelet. */
export interface UpgradeCall {
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
}

const maxErrorText = 64 * 1024;

/**
 * Asks a kubelet for another protocol on a connection of its own.
 * @throws StatusError when it refuses, with its status and text, and 500 when it cannot be reached
 */
export async function upgradeAtKubelet(
  { host, port }: { readonly host: string; readonly port: number },
  identity: KeyPair,
  { method, path, headers }: UpgradeCall,
): Promise<UpgradedConnection> {
  const granted = Promise.withResolvers<UpgradedConnection>();
  const call = request({
    agent: false,
    host,
    port,
    method,
    path,
    headers,
    key: identity.keyPem,
    cert: identity.certificatePem,
    rejectUnauthorized: false,
  });
  call.once("upgrade", (answer, socket, head) => granted.resolve({ answer, socket, head }));
  call.once("response", (answer) => refusalOf(answer).then(granted.reject, granted.reject));
  call.once("error", (error) => {
    const text = `error dialing backend: ${error.message}`;
    granted.reject(new StatusError(500, "InternalError", `Internal error occurred: ${text}`));
  });
  call.end();
  return granted.promise;
}

/** What the API server makes of an answer that is no upgrade. */
async function refusalOf(answer: IncomingMessage): Promise<StatusError> {
  let text = "";
  for await (const bytes of answer as AsyncIterable<Buffer>) {
    text += bytes.toString("utf8");
    if (text.length > maxErrorText) break;
  }
  const message = `unable to upgrade connection: ${text.trim()}`;
  return new StatusError(500, "InternalError", `Internal error occurred: ${message}`);
}
