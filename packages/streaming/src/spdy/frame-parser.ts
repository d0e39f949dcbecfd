import { flagFin, headLength } from "./frames.ts";
import { SpdyError } from "./spdy-error.ts";

/** A whole control frame. */
export interface ControlFrame {
  readonly type: number;
  readonly flags: number;
  readonly body: Buffer;
}

/** What a {@link FrameParser} tells of. */
export interface FrameVisitor {
  onControl(frame: ControlFrame): void;
  /** A part of a data frame, as it came; `fin` with the last part of the last frame of the stream. */
  onData(streamId: number, part: Uint8Array, fin: boolean): void;
  /** False when nothing more may be told for now. */
  ready(): boolean;
}

const controlBit = 0x8000_0000;
const versionOfControl = 0x8003;

/** Takes frames out of a sequence of bytes, however it is cut. Payloads are not gathered: they are handed on as they come. */
export class FrameParser {
  readonly #visitor: FrameVisitor;
  readonly #maxControlLength: number;
  readonly #head = Buffer.alloc(headLength);
  #headFilled = 0;
  /** Of the control frame that is being read. */
  #body: Buffer | undefined;
  #bodyFilled = 0;
  #payloadLeft = 0;

  constructor(visitor: FrameVisitor, limits: { readonly maxControlLength: number }) {
    this.#visitor = visitor;
    this.#maxControlLength = limits.maxControlLength;
  }

  /**
   * Reads on. Returns what is left when the visitor is not ready, to be given again later. Throws a {@link SpdyError}
   * for what is no SPDY/3.1 or a control frame beyond the limit; nothing may be read after that.
   */
  read(bytes: Buffer): Buffer {
    let rest = bytes;
    while (rest.length > 0 && this.#visitor.ready()) rest = rest.subarray(this.#step(rest));
    return rest;
  }

  /** How many bytes it took. */
  #step(bytes: Buffer): number {
    if (this.#payloadLeft > 0) return this.#payload(bytes);
    if (this.#body !== undefined) return this.#fillBody(this.#body, bytes);
    const taken = bytes.copy(this.#head, this.#headFilled, 0, headLength - this.#headFilled);
    this.#headFilled += taken;
    if (this.#headFilled === headLength) this.#begin();
    return taken;
  }

  #begin(): void {
    this.#headFilled = 0;
    const first = this.#head.readUInt32BE(0);
    const length = this.#head.readUIntBE(5, 3);
    if (first < controlBit) {
      this.#payloadLeft = length;
      if (length === 0) this.#visitor.onData(first, this.#head.subarray(0, 0), this.#isLast());
      return;
    }
    const version = first >>> 16;
    if (version !== versionOfControl) {
      throw new SpdyError(`a frame of version ${version & 0x7fff}, and not of SPDY/3.1`);
    }
    if (length > this.#maxControlLength) {
      throw new SpdyError(`a control frame of ${length} bytes, more than ${this.#maxControlLength}`);
    }
    this.#body = Buffer.allocUnsafe(length);
    this.#bodyFilled = 0;
    if (length === 0) this.#fillBody(this.#body, this.#body);
  }

  #isLast(): boolean {
    return ((this.#head[4] ?? 0) & flagFin) !== 0;
  }

  #payload(bytes: Buffer): number {
    const part = bytes.subarray(0, this.#payloadLeft);
    this.#payloadLeft -= part.length;
    const streamId = this.#head.readUInt32BE(0);
    this.#visitor.onData(streamId, part, this.#payloadLeft === 0 && this.#isLast());
    return part.length;
  }

  #fillBody(body: Buffer, bytes: Buffer): number {
    const taken = bytes.copy(body, this.#bodyFilled);
    this.#bodyFilled += taken;
    if (this.#bodyFilled === body.length) {
      this.#body = undefined;
      this.#visitor.onControl({ type: this.#head.readUInt16BE(2), flags: this.#head[4] ?? 0, body });
    }
    return taken;
  }
}
