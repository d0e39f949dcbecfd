import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";

/** What a request asks its connection to become. */
export type UpgradeKind = "spdy" | "websocket";

/** Undefined for a request that asks for no upgrade, or for another. */
export function upgradeKindOf({ headers }: Pick<IncomingMessage, "headers">): UpgradeKind | undefined {
  const isUpgrade = listOf(headers.connection).some((token) => token.toLowerCase() === "upgrade");
  if (!isUpgrade) return undefined;
  const wanted = listOf(headers.upgrade).map((token) => token.toLowerCase());
  if (wanted.includes("websocket")) return "websocket";
  return wanted.includes("spdy/3.1") ? "spdy" : undefined;
}

/** A request that cannot be granted; the answer is a plain one. */
export interface UpgradeRefusal {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const versionHeader = "x-stream-protocol-version";

/** The first protocol of the client that is one of `offered`, as Kubernetes' servers choose; else why there is none. */
export function chooseSpdyProtocol<Protocol extends string>(
  request: Pick<IncomingMessage, "headers">,
  offered: readonly Protocol[],
): Protocol | UpgradeRefusal {
  const asked = listOf(request.headers[versionHeader]);
  if (asked.length === 0) {
    return { status: 400, text: "unable to upgrade: X-Stream-Protocol-Version header is required" };
  }
  return (
    firstOf(asked, offered) ?? {
      status: 403,
      text: `unable to upgrade: unable to negotiate protocol: client supports ${asked.join(", ")}, server accepts ${offered.join(", ")}`,
      headers: { "x-accepted-stream-protocol-versions": offered.join(", ") },
    }
  );
}

/** Grants the upgrade to SPDY/3.1. */
export function grantSpdy(socket: Duplex, protocol: string): void {
  const lines = [
    `HTTP/1.1 101 ${STATUS_CODES[101]}`,
    "Connection: Upgrade",
    "Upgrade: SPDY/3.1",
    `X-Stream-Protocol-Version: ${protocol}`,
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
}

/** The first sub-protocol of the client that is one of `offered`; `""` for a client that names none, if that is offered. */
export function chooseWebSocketProtocol<Protocol extends string>(
  request: Pick<IncomingMessage, "headers">,
  offered: readonly Protocol[],
): Protocol | UpgradeRefusal {
  const asked = listOf(request.headers["sec-websocket-protocol"]);
  const chosen = firstOf(asked.length === 0 ? [""] : asked, offered);
  if (chosen !== undefined) return chosen;
  const names = offered.filter((name) => name !== "").join(", ");
  return {
    status: 400,
    text: `unable to upgrade: none of the sub-protocols ${asked.join(", ")} is known; the server accepts ${names}`,
  };
}

/** How long a slow reader may take for what was sent when the session is over, in milliseconds. */
const closeTimeoutMs = 300_000;
const maxMessageLength = 4 * 1024 * 1024;

/**
 * Grants the upgrade to a WebSocket with the chosen sub-protocol. Rejects when the handshake is no valid one, which has
 * been answered then, and when the client has gone.
 */
export function grantWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  protocol: string,
): Promise<WebSocket> {
  // The type of the options lacks closeTimeout.
  const closing = { closeTimeout: closeTimeoutMs };
  const server = new WebSocketServer({
    ...closing,
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxMessageLength,
  });
  // ws takes no names with a slash, which Kubernetes has: the choice, made before, is kept from it.
  delete request.headers["sec-websocket-protocol"];
  server.on("headers", (lines) => {
    if (protocol !== "") lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
  });
  return new Promise((resolve, reject) => {
    server.once("wsClientError", (error) => {
      const answer = `HTTP/1.1 400 ${STATUS_CODES[400]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
      // Whoever hears of it ends the connection, and the answer is to be out by then.
      socket.end(answer, () => reject(error));
    });
    // ws says nothing of a client that went before the answer.
    const gone = () => reject(new Error("the client has gone"));
    socket.once("close", gone);
    if (socket.destroyed) gone();
    else server.handleUpgrade(request, socket, head, resolve);
  });
}

function firstOf<Name extends string>(asked: readonly string[], offered: readonly Name[]): Name | undefined {
  for (const name of asked) {
    const found = offered.find((each) => each === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A header with several values comes as lines, joined by commas, or as one line of them. */
function listOf(value: string | readonly string[] | undefined): readonly string[] {
  const text = typeof value === "string" ? value : (value ?? []).join(",");
  return text
    .split(",")
    .map((token) => token.trim())
    .filter((token) => token !== "");
}
