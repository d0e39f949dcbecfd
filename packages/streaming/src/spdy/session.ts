import type { Duplex } from "node:stream";
import { type Clock, systemClock } from "@vkubelet/core";
import { type ControlFrame, FrameParser } from "./frame-parser.ts";
import { flagFin, frameType, goAway, ping, resetStatus, rstStream, synReply, synStream } from "./frames.ts";
import type { StreamHeaders } from "./header-block.ts";
import { HeaderDecoder, HeaderEncoder } from "./header-codec.ts";
import { SpdyError } from "./spdy-error.ts";
import { SpdyStream } from "./stream.ts";

/** What a peer may make this end hold. */
export interface SpdyLimits {
  /** Bytes of a control frame. Default: 64 KiB. */
  readonly maxControlLength: number;
  /** Bytes of a header block when decompressed. Default: 16 KiB. */
  readonly maxBlockLength: number;
  /** Headers of a stream. Default: 32. */
  readonly maxHeaders: number;
  /** Streams that are open at once; more are refused. Default: 2,048. */
  readonly maxStreams: number;
  /** Bytes that may wait for the reader of one stream before the connection is read no further. Default: 256 KiB. */
  readonly maxWaiting: number;
}

const defaultLimits: SpdyLimits = {
  maxControlLength: 64 * 1024,
  maxBlockLength: 16 * 1024,
  maxHeaders: 32,
  maxStreams: 2_048,
  maxWaiting: 256 * 1024,
};

/** Options of {@link SpdySession}. */
export interface SpdySessionOptions {
  /** Whether this end took the connection (streams of the peer are odd) or made it (they are even). */
  readonly role: "server" | "client";
  /** Called for each stream that the peer opens; it was answered already. Streams are refused without it. */
  readonly onStream?: (stream: SpdyStream) => void;
  /** What of the connection was read before, such as the `head` of an upgrade. */
  readonly head?: Buffer;
  readonly limits?: Partial<SpdyLimits>;
  /** For how long {@link SpdySession.close} waits for the peer to read and to close, in milliseconds. Default: 5 minutes. */
  readonly lingerMs?: number;
  readonly clock?: Clock;
}

const defaultLingerMs = 300_000;
/** Bytes of answers to the peer's own frames that may wait for it to read them. */
const maxUnasked = 64 * 1024;

/**
 * A SPDY/3.1 session as Kubernetes speaks it (moby/spdystream): without flow control by windows, which its clients and
 * servers neither send nor heed. A reader that is slow holds the connection itself instead, in both directions, and with
 * it every stream of the session.
 */
export class SpdySession {
  readonly #transport: Duplex;
  readonly #options: SpdySessionOptions;
  readonly #limits: SpdyLimits;
  readonly #parser: FrameParser;
  readonly #decoder: HeaderDecoder;
  readonly #encoder = new HeaderEncoder();
  readonly #streams = new Map<number, SpdyStream>();
  /** Streams whose readers are behind. */
  readonly #full = new Set<SpdyStream>();
  readonly #over = new AbortController();
  #rest: Buffer = Buffer.alloc(0);
  #unasked = 0;
  #isDecoding = false;
  #isClosing = false;
  #lastPeerId = 0;
  #nextId: number;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(transport: Duplex, options: SpdySessionOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#nextId = options.role === "client" ? 1 : 2;
    this.#decoder = new HeaderDecoder(this.#limits);
    this.#parser = new FrameParser(
      {
        onControl: (frame) => this.#onControl(frame),
        onData: (streamId, part, fin) => this.#onData(streamId, part, fin),
        ready: () => this.#isReady,
      },
      this.#limits,
    );
    transport.on("error", (error: Error) =>
      this.#end(new SpdyError(`the connection broke: ${error.message}`)),
    );
    transport.on("close", () => this.#end(new SpdyError("the connection was closed")));
    transport.on("end", () => this.#onEnd());
    transport.on("drain", () => this.#onDrain());
    // Nobody tells of an end that was before.
    if (transport.destroyed) this.#end(new SpdyError("the connection was closed"));
    if (options.head !== undefined && options.head.length > 0) this.#onBytes(options.head);
    transport.on("data", (bytes: Buffer) => this.#onBytes(bytes));
    this.#readOrPause();
  }

  /** Aborts when the connection is over, whoever ended it; the reason is a {@link SpdyError}. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Opens a stream. Whether the peer refuses it is seen when its `incoming` is read. */
  async openStream(headers: StreamHeaders): Promise<SpdyStream> {
    this.#over.signal.throwIfAborted();
    const stream = new SpdyStream(this.#nextId, headers, this.#carrier);
    this.#nextId += 2;
    this.#streams.set(stream.id, stream);
    await this.#send(synStream(stream.id, this.#encoder.encode(headers), false));
    return stream;
  }

  /**
   * Ends the session when all that was written has been sent. A peer that reads slowly gets it whole: its side of the
   * connection is not closed before it does so itself, or before `lingerMs` have passed.
   */
  async close(): Promise<void> {
    if (this.#isClosing || this.#over.signal.aborted) return;
    this.#isClosing = true;
    this.#full.clear();
    for (const stream of this.#streams.values()) stream.ignoreIncoming();
    this.#transport.write(goAway(this.#lastPeerId));
    this.#transport.end();
    this.#transport.resume();
    const { clock = systemClock, lingerMs = defaultLingerMs } = this.#options;
    await clock.sleep(lingerMs, this.#over.signal).catch(() => {});
    this.#transport.destroy();
  }

  /** Ends the connection at once. */
  destroy(reason: string): void {
    this.#end(new SpdyError(reason));
  }

  get #isReady(): boolean {
    return !this.#isDone && !this.#isDecoding && this.#full.size === 0 && this.#unasked < maxUnasked;
  }

  get #isDone(): boolean {
    return this.#isClosing || this.#over.signal.aborted;
  }

  #onBytes(bytes: Buffer): void {
    if (this.#isDone) return;
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#readOrPause();
  }

  #readOrPause(): void {
    if (this.#isDone) return;
    try {
      this.#rest = this.#parser.read(this.#rest);
    } catch (error) {
      this.#end(error as Error);
      return;
    }
    if (this.#isReady) this.#transport.resume();
    else if (!this.#isDone) this.#transport.pause();
  }

  /** The peer sends no more. Nobody who speaks SPDY for Kubernetes closes one side alone. */
  #onEnd(): void {
    if (!this.#isClosing) this.#end(new SpdyError("the peer closed the connection"));
  }

  #onDrain(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  #onControl({ type, flags, body }: ControlFrame): void {
    switch (type) {
      case frameType.synStream:
        this.#decode(body, 10, (headers) => this.#onSynStream(body.readUInt32BE(0), headers, flags));
        return;
      case frameType.synReply:
      case frameType.headers:
        // What they say is of no use, but the next block cannot be read without it.
        this.#decode(body, 4, () => {});
        return;
      case frameType.rstStream:
        requireLength(body, 8);
        this.#onReset(body.readUInt32BE(0) & 0x7fff_ffff, body.readUInt32BE(4));
        return;
      case frameType.ping:
        requireLength(body, 4);
        this.#onPing(body.readUInt32BE(0));
        return;
      // GOAWAY: the peer closes the connection next. SETTINGS and WINDOW_UPDATE: not heeded, as everywhere else.
      default:
        return;
    }
  }

  #decode(body: Buffer, offset: number, then: (headers: StreamHeaders) => void): void {
    requireLength(body, offset);
    this.#isDecoding = true;
    this.#decoder.decode(body.subarray(offset)).then(
      (headers) => {
        this.#isDecoding = false;
        if (this.#isDone) return;
        try {
          then(headers);
        } catch (error) {
          this.#end(error as Error);
          return;
        }
        this.#readOrPause();
      },
      (error: Error) => this.#end(error),
    );
  }

  #onSynStream(id: number, headers: StreamHeaders, flags: number): void {
    if (!this.#isOfPeer(id) || id <= this.#lastPeerId || id > 0x7fff_ffff) {
      throw new SpdyError(`a stream with the ID ${id} after ${this.#lastPeerId}`);
    }
    this.#lastPeerId = id;
    const { onStream } = this.#options;
    if (onStream === undefined || this.#streams.size >= this.#limits.maxStreams) {
      this.#sendUnasked(rstStream(id, resetStatus.refusedStream));
      return;
    }
    const stream = new SpdyStream(id, headers, this.#carrier);
    this.#streams.set(id, stream);
    this.#sendUnasked(synReply(id, this.#encoder.encode(new Map())));
    if ((flags & flagFin) !== 0) stream.receive(new Uint8Array(0), true);
    onStream(stream);
  }

  /** The end that made the connection counts in odd numbers. */
  #isOfPeer(id: number): boolean {
    return id % 2 === (this.#options.role === "server" ? 1 : 0);
  }

  #onReset(id: number, status: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    this.#forget(stream);
    stream.fail(new SpdyError(`the peer reset the stream (status ${status})`));
  }

  #onPing(id: number): void {
    if (this.#isOfPeer(id)) this.#sendUnasked(ping(id));
  }

  #onData(id: number, part: Uint8Array, fin: boolean): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) {
      // Of a stream that was over here, the peer did not know yet. Others were never open.
      const wasOpened = this.#isOfPeer(id) ? id <= this.#lastPeerId : id < this.#nextId;
      if (!wasOpened) throw new SpdyError(`data of the stream ${id}, which was never opened`);
      return;
    }
    stream.receive(part, fin);
    if (stream.waiting > this.#limits.maxWaiting) this.#full.add(stream);
  }

  readonly #carrier = {
    send: (...bytes: readonly Uint8Array[]) => this.#send(...bytes),
    onTaken: (stream: SpdyStream) => {
      if (stream.waiting > this.#limits.maxWaiting / 2) return;
      if (this.#full.delete(stream)) this.#readOrPause();
    },
    onOver: (stream: SpdyStream) => this.#forget(stream),
  };

  #forget(stream: SpdyStream): void {
    this.#streams.delete(stream.id);
  }

  async #send(...bytes: readonly Uint8Array[]): Promise<void> {
    this.#over.signal.throwIfAborted();
    if (this.#isClosing) throw new SpdyError("the session is being closed");
    const transport = this.#transport;
    transport.cork();
    for (const part of bytes) transport.write(part);
    transport.uncork();
    if (!transport.writableNeedDrain) return;
    this.#drained ??= Promise.withResolvers<void>();
    await this.#drained.promise;
  }

  /** Answers to the peer's own frames: when it does not read them, it is read no further. */
  #sendUnasked(frame: Uint8Array): void {
    if (this.#isDone) return;
    this.#unasked += frame.length;
    this.#transport.write(frame, () => {
      const wasReady = this.#isReady;
      this.#unasked -= frame.length;
      if (!wasReady && this.#isReady) this.#readOrPause();
    });
  }

  #end(error: Error): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(error);
    this.#drained?.reject(error);
    this.#drained = undefined;
    this.#decoder.close();
    this.#transport.destroy();
    for (const stream of this.#streams.values()) stream.fail(error);
    this.#streams.clear();
    this.#full.clear();
    this.#rest = Buffer.alloc(0);
  }
}

function requireLength(body: Buffer, length: number): void {
  if (body.length < length)
    throw new SpdyError(`a control frame of ${body.length} bytes, less than ${length}`);
}
