import type { Duplex } from "node:stream";
import type { ByteSink, SessionStreams } from "@vkubelet/core";
import { SpdySession, type SpdySessionOptions } from "../spdy/session.ts";
import { SpdyError } from "../spdy/spdy-error.ts";
import type { SpdyStream } from "../spdy/stream.ts";
import { type CommandOutcome, renderOutcome } from "./outcome.ts";
import type { RequestedStreams } from "./requested-streams.ts";
import type { RemoteCommandSession } from "./session.ts";
import { terminalSizes } from "./terminal-sizes.ts";

/** Versions of the protocol over SPDY, the best first. The fifth is for WebSocket alone: a stream's end says the same. */
export const spdyCommandProtocols = [
  "v4.channel.k8s.io",
  "v3.channel.k8s.io",
  "v2.channel.k8s.io",
  "channel.k8s.io",
] as const;
export type SpdyCommandProtocol = (typeof spdyCommandProtocols)[number];

/** Options of {@link acceptSpdyCommand}. */
export interface SpdyCommandOptions
  extends Pick<SpdySessionOptions, "head" | "limits" | "lingerMs" | "clock"> {
  readonly protocol: SpdyCommandProtocol;
  readonly requested: RequestedStreams;
  /** Aborts when the client should have opened its streams by now. */
  readonly patience: AbortSignal;
}

type StreamType = "error" | "stdin" | "stdout" | "stderr" | "resize";

/**
 * The server's end of a session on a connection that was upgraded to SPDY/3.1. Resolves when the client has opened all
 * streams that it asked for; rejects with a {@link SpdyError}, and the connection ended, when it does not.
 */
export async function acceptSpdyCommand(
  transport: Duplex,
  { protocol, requested, patience, ...options }: SpdyCommandOptions,
): Promise<RemoteCommandSession> {
  const expected = expectedStreams(requested, protocol);
  const opened = new Map<StreamType, SpdyStream>();
  const complete = Promise.withResolvers<void>();
  const session = new SpdySession(transport, {
    ...options,
    role: "server",
    limits: { maxStreams: 16, ...options.limits },
    onStream: (stream) => {
      const type = stream.headers.get("streamtype") as StreamType;
      if (!expected.has(type) || opened.has(type)) {
        stream.reset();
        return;
      }
      opened.set(type, stream);
      // Only stdin and resize are read; what comes on the others must hold up nothing.
      if (type !== "stdin" && type !== "resize") stream.ignoreIncoming();
      if (opened.size === expected.size) complete.resolve();
    },
  });
  const giveUp = () => {
    const missing = [...expected].filter((type) => !opened.has(type));
    session.destroy(`the client did not open the streams ${missing.join(", ")}`);
  };
  const onOver = () => complete.reject(session.signal.reason);
  session.signal.addEventListener("abort", onOver, { once: true });
  patience.addEventListener("abort", giveUp, { once: true });
  if (session.signal.aborted) onOver();
  else if (patience.aborted) giveUp();
  try {
    await complete.promise;
  } finally {
    session.signal.removeEventListener("abort", onOver);
    patience.removeEventListener("abort", giveUp);
  }
  return new SpdyCommandSession(session, opened, requested, protocol);
}

/** The error stream always; `resize` since the third version. */
function expectedStreams(
  requested: RequestedStreams,
  protocol: SpdyCommandProtocol,
): ReadonlySet<StreamType> {
  const types: StreamType[] = ["error"];
  for (const type of ["stdin", "stdout", "stderr"] as const) if (requested[type]) types.push(type);
  const resizes = protocol === "v4.channel.k8s.io" || protocol === "v3.channel.k8s.io";
  if (requested.tty && resizes) types.push("resize");
  return new Set(types);
}

class SpdyCommandSession implements RemoteCommandSession {
  readonly streams: SessionStreams;
  readonly #session: SpdySession;
  readonly #opened: ReadonlyMap<StreamType, SpdyStream>;
  readonly #protocol: SpdyCommandProtocol;

  constructor(
    session: SpdySession,
    opened: ReadonlyMap<StreamType, SpdyStream>,
    { tty }: RequestedStreams,
    protocol: SpdyCommandProtocol,
  ) {
    this.#session = session;
    this.#opened = opened;
    this.#protocol = protocol;
    const sink = (name: "stdout" | "stderr"): Record<string, ByteSink> => {
      const stream = opened.get(name);
      return stream === undefined ? {} : { [name]: { write: (bytes) => stream.write(bytes) } };
    };
    const stdin = opened.get("stdin")?.incoming;
    const resize = opened.get("resize")?.incoming;
    this.streams = {
      ...(stdin === undefined ? {} : { stdin }),
      ...sink("stdout"),
      ...sink("stderr"),
      ...(tty ? { terminal: terminalSizes(resize ?? nothing()) } : {}),
    };
  }

  get signal(): AbortSignal {
    return this.#session.signal;
  }

  finish(outcome: CommandOutcome): Promise<void> {
    return this.finishAs(renderOutcome(outcome, this.#protocol === "v4.channel.k8s.io" ? "status" : "text"));
  }

  async finishAs(status: string): Promise<void> {
    try {
      await this.#opened.get("stdout")?.end();
      await this.#opened.get("stderr")?.end();
      const error = this.#opened.get("error");
      // Clients take an error stream that ends without a word for success.
      await error?.write(Buffer.from(status));
      await error?.end();
    } catch (error) {
      // Whoever has gone needs no answer.
      if (error instanceof SpdyError) return;
      throw error;
    }
    await this.#session.close();
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
