import type { Duplex } from "node:stream";
import type { ByteSink, TerminalSize } from "@vkubelet/core";
import { SpdySession, type SpdySessionOptions } from "../spdy/session.ts";
import type { SpdyStream } from "../spdy/stream.ts";
import type { RequestedStreams } from "./requested-streams.ts";

/** The client's end of an exec or attach session. */
export interface RemoteCommandClient {
  readonly stdin?: ByteSink & {
    /** Tells the server that no more comes. */
    end(): Promise<void>;
  };
  readonly stdout?: AsyncIterable<Uint8Array>;
  readonly stderr?: AsyncIterable<Uint8Array>;
  /** Present with a terminal. */
  readonly resize?: (size: TerminalSize) => Promise<void>;
  /** What the error stream said when it ended; rejects when the session broke before. */
  readonly status: Promise<string>;
  /** Aborts when the connection is over. */
  readonly signal: AbortSignal;
  /** Ends the connection. */
  close(): void;
}

/** Opens the streams of a session on a connection that was upgraded to SPDY/3.1, in the order of client-go. */
export async function openSpdyCommand(
  transport: Duplex,
  requested: RequestedStreams,
  options: Pick<SpdySessionOptions, "head" | "limits" | "clock"> = {},
): Promise<RemoteCommandClient> {
  const session = new SpdySession(transport, { ...options, role: "client" });
  const open = (streamtype: string): Promise<SpdyStream> =>
    session.openStream(new Map([["streamtype", streamtype]]));
  const error = await open("error");
  const stdin = requested.stdin ? await open("stdin") : undefined;
  const stdout = requested.stdout ? await open("stdout") : undefined;
  const stderr = requested.stderr ? await open("stderr") : undefined;
  const resize = requested.tty ? await open("resize") : undefined;
  const status = textOf(error.incoming);
  // Whoever does not wait for it hears of the end by the signal.
  status.catch(() => {});
  return {
    ...(stdin === undefined
      ? {}
      : { stdin: { write: (bytes: Uint8Array) => stdin.write(bytes), end: () => stdin.end() } }),
    ...(stdout === undefined ? {} : { stdout: stdout.incoming }),
    ...(stderr === undefined ? {} : { stderr: stderr.incoming }),
    ...(resize === undefined
      ? {}
      : {
          resize: ({ width, height }: TerminalSize) =>
            resize.write(Buffer.from(`${JSON.stringify({ Width: width, Height: height })}\n`)),
        }),
    status,
    signal: session.signal,
    close: () => session.destroy("the client ended the session"),
  };
}

/** A server that says more than a Status can be is cut off there. */
const maxStatus = 64 * 1024;

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream) {
    length += part.length;
    if (length > maxStatus) break;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
