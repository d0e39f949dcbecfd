import type { ByteSink } from "@vkubelet/core";
import type { RawData, WebSocket } from "ws";
import { ByteQueue } from "../byte-queue.ts";
import type { ChannelForm } from "./protocols.ts";

/** Options of {@link WebSocketChannels}. */
export interface ChannelsOptions extends ChannelForm {
  /** Channels that the peer may write to; what comes on others is dropped. */
  readonly readable: readonly number[];
  /** Whether a message on channel 255 ends the channel that it names. */
  readonly closesChannels?: boolean;
}

/** Bytes that may wait for the reader of one channel before the connection is read no further. */
const maxWaiting = 256 * 1024;
/** Bytes that may wait to be sent before writers are held up. */
const maxBuffered = 256 * 1024;
const closeChannel = 255;

/** Kubernetes' channels on a WebSocket: the first byte (or digit) of each message names the channel. */
export class WebSocketChannels {
  readonly #socket: WebSocket;
  readonly #options: ChannelsOptions;
  readonly #incoming: ReadonlyMap<number, ByteQueue>;
  readonly #full = new Set<ByteQueue>();
  readonly #over = new AbortController();

  constructor(socket: WebSocket, options: ChannelsOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#incoming = new Map(options.readable.map((channel) => [channel, this.#queue()]));
    socket.on("message", (data: RawData, isBinary: boolean) => this.#onMessage(asBuffer(data), isBinary));
    socket.on("error", (error: Error) => this.#end(new Error(`the connection broke: ${error.message}`)));
    socket.on("close", () => this.#end(new Error("the connection was closed")));
  }

  /** Aborts when the connection is over. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** What the peer sends on one of the readable channels, to be read once. */
  incoming(channel: number): AsyncIterable<Uint8Array> {
    const queue = this.#incoming.get(channel);
    if (queue === undefined) throw new Error(`channel ${channel} is not readable`);
    return queue;
  }

  /** Where to write what the peer shall get on a channel. */
  outgoing(channel: number): ByteSink {
    return { write: (bytes) => this.send(channel, bytes) };
  }

  /** Resolves when more may be sent; rejects when the connection is over. */
  async send(channel: number, bytes: Uint8Array): Promise<void> {
    this.#over.signal.throwIfAborted();
    const sent = Promise.withResolvers<void>();
    this.#socket.send(this.#encode(channel, bytes), (error) =>
      error instanceof Error ? sent.reject(error) : sent.resolve(),
    );
    if (this.#socket.bufferedAmount > maxBuffered) await sent.promise;
    // The next write, or whoever looks at the signal, hears of it.
    else sent.promise.catch(() => {});
  }

  /** Ends the connection in order, when all has been sent. */
  close(): void {
    for (const queue of this.#incoming.values()) queue.discard();
    this.#socket.resume();
    this.#socket.close(1000);
  }

  #queue(): ByteQueue {
    const queue = new ByteQueue(() => {
      if (queue.cost > maxWaiting / 2) return;
      if (this.#full.delete(queue) && this.#full.size === 0) this.#socket.resume();
    });
    return queue;
  }

  #onMessage(message: Buffer, isBinary: boolean): void {
    const decoded = this.#options.base64 ? decodeText(message, isBinary) : decodeBinary(message);
    if (decoded === undefined) return;
    const { channel, bytes } = decoded;
    if (this.#options.closesChannels && channel === closeChannel) {
      this.#incoming.get(bytes[0] ?? closeChannel)?.end();
      return;
    }
    const queue = this.#incoming.get(channel);
    if (queue === undefined) return;
    queue.push(bytes);
    if (queue.cost <= maxWaiting) return;
    this.#full.add(queue);
    this.#socket.pause();
  }

  #encode(channel: number, bytes: Uint8Array): Buffer | string {
    if (this.#options.base64) return `${channel}${Buffer.from(bytes).toString("base64")}`;
    const message = Buffer.allocUnsafe(bytes.length + 1);
    message[0] = channel;
    message.set(bytes, 1);
    return message;
  }

  #end(error: Error): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(error);
    for (const queue of this.#incoming.values()) queue.fail(error);
  }
}

interface ChannelMessage {
  readonly channel: number;
  readonly bytes: Uint8Array;
}

function decodeBinary(message: Buffer): ChannelMessage | undefined {
  const channel = message[0];
  return channel === undefined ? undefined : { channel, bytes: message.subarray(1) };
}

function decodeText(message: Buffer, isBinary: boolean): ChannelMessage | undefined {
  if (isBinary || message.length === 0) return undefined;
  const channel = (message[0] ?? 0) - 0x30;
  if (channel < 0 || channel > 9) return undefined;
  return { channel, bytes: Buffer.from(message.toString("latin1", 1), "base64") };
}

function asBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}
