import type { Duplex } from "node:stream";
import type { PortConnection } from "@vkubelet/core";
import { resetStatus } from "../spdy/frames.ts";
import { SpdySession, type SpdySessionOptions } from "../spdy/session.ts";
import type { SpdyStream } from "../spdy/stream.ts";

/** Sub-protocol of port-forward over SPDY. */
export const spdyPortForwardProtocol = "portforward.k8s.io";

/**
 * Carries one connection to a port of the pod, until both directions have ended. Aborts of the signal mean that the client
 * has gone; what it rejects with is told to the client, unless the client itself has reset the connection.
 */
export type ForwardConnection = (
  port: number,
  connection: PortConnection,
  signal: AbortSignal,
) => Promise<void>;

/** Options of {@link servePortForward}. */
export interface PortForwardOptions
  extends Pick<SpdySessionOptions, "head" | "limits" | "lingerMs" | "clock"> {
  readonly forward: ForwardConnection;
  /** The text that a client gets for an error. */
  readonly describeError: (port: number, error: unknown) => string;
}

interface Pair {
  readonly port: number;
  error?: SpdyStream;
  data?: SpdyStream;
}

/** Incomplete pairs that a client may leave open. */
const maxIncomplete = 1_000;

/**
 * Serves port-forward on a connection that was upgraded to SPDY/3.1: for each connection of the client a stream for its
 * bytes and one for an error, which belong together by `requestid`. Resolves when the client has gone.
 */
export function servePortForward(transport: Duplex, options: PortForwardOptions): Promise<void> {
  const { forward, describeError, ...sessionOptions } = options;
  const pairs = new Map<string, Pair>();
  const session: SpdySession = new SpdySession(transport, {
    ...sessionOptions,
    role: "server",
    onStream: (stream) => {
      const key = pairKey(stream);
      const port = Number(stream.headers.get("port"));
      const type = stream.headers.get("streamtype");
      const pair = key === undefined ? undefined : (pairs.get(key) ?? { port });
      const isValid = Number.isInteger(port) && port > 0 && port <= 0xffff && pair?.port === port;
      if (key === undefined || pair === undefined || !isValid || !(type === "error" || type === "data")) {
        stream.reset(resetStatus.protocolError);
        return;
      }
      if (pair[type] !== undefined || (pairs.size >= maxIncomplete && !pairs.has(key))) {
        stream.reset(resetStatus.refusedStream);
        return;
      }
      pair[type] = stream;
      pairs.set(key, pair);
      const { data, error } = pair;
      if (data === undefined || error === undefined) return;
      pairs.delete(key);
      error.ignoreIncoming();
      carry(port, data, error);
    },
  });

  const carry = (port: number, data: SpdyStream, error: SpdyStream): void => {
    const connection: PortConnection = {
      incoming: data.incoming,
      outgoing: { write: (bytes) => data.write(bytes), end: () => data.end() },
    };
    forward(port, connection, session.signal)
      .then(
        async () => {
          await data.end();
          await error.end();
        },
        async (reason: unknown) => {
          // A client that wants no more of a connection resets it, and what comes of that is no error.
          if (data.isBroken) return error.end();
          await error.write(Buffer.from(describeError(port, reason)));
          await error.end();
          data.reset();
        },
      )
      // The client has gone, or reset what it no longer wanted.
      .catch(() => {})
      .finally(() => data.ignoreIncoming());
  };

  return new Promise((resolve) => {
    if (session.signal.aborted) resolve();
    else session.signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** What the two streams of a connection have in common; clients of old tell it by their numbers alone. */
function pairKey({ id, headers }: SpdyStream): string | undefined {
  const requestId = headers.get("requestid");
  if (requestId !== undefined && requestId !== "") return `request ${requestId}`;
  switch (headers.get("streamtype")) {
    case "error":
      return `stream ${id}`;
    case "data":
      return `stream ${id - 2}`;
    default:
      return undefined;
  }
}
