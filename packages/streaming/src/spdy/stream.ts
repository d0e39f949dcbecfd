import { ByteQueue } from "../byte-queue.ts";
import { dataHead, maxDataLength, resetStatus, rstStream } from "./frames.ts";
import type { StreamHeaders } from "./header-block.ts";
import { SpdyError } from "./spdy-error.ts";

/** What a stream asks of its session. */
export interface StreamCarrier {
  /** Resolves when more may be sent; rejects when the session is over. */
  send(...bytes: readonly Uint8Array[]): Promise<void>;
  /** Bytes were taken by the reader. */
  onTaken(stream: SpdyStream): void;
  /** Nothing more comes or goes on the stream. */
  onOver(stream: SpdyStream): void;
}

/** One stream of a session: bytes both ways, each of which ends for itself. */
export class SpdyStream {
  readonly id: number;
  readonly headers: StreamHeaders;
  readonly #carrier: StreamCarrier;
  readonly #incoming: ByteQueue;
  #outgoingEnded = false;
  #failure: Error | undefined;

  /** For sessions; users get streams from {@link SpdySession}. */
  constructor(id: number, headers: StreamHeaders, carrier: StreamCarrier) {
    this.id = id;
    this.headers = headers;
    this.#carrier = carrier;
    this.#incoming = new ByteQueue(() => carrier.onTaken(this));
  }

  /** What the peer sends, to be read once. Throws a {@link SpdyError} when the stream is reset or the session breaks. */
  get incoming(): AsyncIterable<Uint8Array> {
    return this.#incoming;
  }

  /** Whether it was reset, by either end, or its session broke. */
  get isBroken(): boolean {
    return this.#failure !== undefined;
  }

  /** Memory that waits for the reader of `incoming`, in bytes. */
  get waiting(): number {
    return this.#incoming.cost;
  }

  /** Drops what the peer sends, so that it holds up nothing else. */
  ignoreIncoming(): void {
    this.#incoming.discard();
  }

  /** Sends bytes; resolves when the connection takes more. Rejects when the stream or the session is over. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length; offset += maxDataLength) {
      this.#throwIfClosed();
      const part = bytes.subarray(offset, offset + maxDataLength);
      await this.#carrier.send(dataHead(this.id, part.length, false), part);
    }
  }

  /** Sends no more. May be called twice. */
  async end(): Promise<void> {
    if (this.#outgoingEnded || this.#failure !== undefined) return;
    this.#outgoingEnded = true;
    const sent = this.#carrier.send(dataHead(this.id, 0, true));
    if (this.#incoming.isEnded) this.#carrier.onOver(this);
    await sent;
  }

  /** Ends both directions at once, by default as no longer wanted. */
  reset(status: number = resetStatus.cancel): void {
    if (this.#failure !== undefined || (this.#outgoingEnded && this.#incoming.isEnded)) return;
    this.fail(new SpdyError("the stream was reset"));
    this.#carrier.onOver(this);
    // The session is over, and so is the stream.
    this.#carrier.send(rstStream(this.id, status)).catch(() => {});
  }

  /** For the session: bytes of the peer. */
  receive(bytes: Uint8Array, fin: boolean): void {
    this.#incoming.push(bytes);
    if (!fin) return;
    this.#incoming.end();
    if (this.#outgoingEnded) this.#carrier.onOver(this);
  }

  /** For the session: nothing comes or goes any more, for a reason. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#incoming.fail(error);
  }

  #throwIfClosed(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#outgoingEnded) throw new SpdyError("the stream was ended before");
  }
}
