import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { Duplex } from "node:stream";
import { SpdySession, type SpdyStream } from "@vkubelet/streaming";
import { WebSocket } from "ws";

const authorization = { authorization: "Bearer good" };

/** The answer to a request for an upgrade that was not granted. */
export interface PlainAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingMessage["headers"];
}

/** A granted SPDY session of a client. */
export class SpdyClient {
  readonly protocol: string;
  readonly session: SpdySession;
  readonly socket: Duplex;

  constructor(protocol: string, session: SpdySession, socket: Duplex) {
    this.protocol = protocol;
    this.session = session;
    this.socket = socket;
  }

  open(headers: Readonly<Record<string, string>>): Promise<SpdyStream> {
    return this.session.openStream(new Map(Object.entries(headers)));
  }
}

/** Asks for SPDY as the API server does. */
export async function upgradeToSpdy(
  port: number,
  path: string,
  protocols: readonly string[],
  headers: Readonly<Record<string, string>> = authorization,
): Promise<SpdyClient | PlainAnswer> {
  const asking = request({
    host: "127.0.0.1",
    port,
    path,
    method: "POST",
    rejectUnauthorized: false,
    headers: {
      ...headers,
      connection: "Upgrade",
      upgrade: "SPDY/3.1",
      "content-length": "0",
      "x-stream-protocol-version": [...protocols],
    },
  });
  asking.end();
  const answered = once(asking, "response").then(async ([response]) => plainAnswer(response as IncomingMessage));
  const granted = once(asking, "upgrade").then(([response, socket, head]) => {
    const protocol = String((response as IncomingMessage).headers["x-stream-protocol-version"]);
    const session = new SpdySession(socket as Duplex, { role: "client", head: head as Buffer });
    return new SpdyClient(protocol, session, socket as Duplex);
  });
  return Promise.race([answered, granted]);
}

/** As {@link upgradeToSpdy}, where it is granted. */
export async function spdyClient(port: number, path: string, protocols: readonly string[]): Promise<SpdyClient> {
  const client = await upgradeToSpdy(port, path, protocols);
  if (client instanceof SpdyClient) return client;
  throw new Error(`no upgrade: ${client.status} ${client.text}`);
}

async function plainAnswer(response: IncomingMessage): Promise<PlainAnswer> {
  let text = "";
  for await (const bytes of response) text += (bytes as Buffer).toString();
  return { status: response.statusCode ?? 0, text, headers: response.headers };
}

/** A WebSocket of a client, and every message that came on it. */
export interface WebSocketClient {
  readonly socket: WebSocket;
  /** Channel and data, as text. */
  readonly messages: string[];
  readonly closed: Promise<number>;
}

/** Asks for a WebSocket as clients of old and API servers that pass it on do. */
export async function webSocketClient(
  port: number,
  path: string,
  protocol: string | undefined,
): Promise<WebSocketClient> {
  const protocols = protocol === undefined ? [] : [protocol];
  const socket = new WebSocket(`wss://127.0.0.1:${port}${path}`, protocols, {
    rejectUnauthorized: false,
    headers: authorization,
  });
  const messages: string[] = [];
  socket.on("message", (data: Buffer, isBinary: boolean) =>
    messages.push(isBinary ? `${data[0]}:${data.toString("utf8", 1)}` : data.toString()),
  );
  await once(socket, "open");
  const closed = once(socket, "close").then(([code]) => code as number);
  return { socket, messages, closed };
}

/** The sub-protocol that a WebSocket handshake ends with; the connection is closed then. */
export async function handshake(port: number, path: string, protocol: string): Promise<string> {
  const asking = request({
    ...{ host: "127.0.0.1", port, path, rejectUnauthorized: false },
    headers: {
      ...authorization,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": Buffer.alloc(16).toString("base64"),
      "sec-websocket-protocol": protocol,
    },
  });
  asking.end();
  const [response, socket] = await once(asking, "upgrade");
  (socket as Duplex).destroy();
  return String((response as IncomingMessage).headers["sec-websocket-protocol"]);
}

/** All that comes on a stream. */
export async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}
