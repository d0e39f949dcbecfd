import { createInflate, constants as zlib } from "node:zlib";
import {
  type HeaderLimits,
  parseHeaderBlock,
  renderHeaderBlock,
  type StreamHeaders,
} from "./header-block.ts";
import { headerDictionary } from "./header-dictionary.ts";
import { SpdyError } from "./spdy-error.ts";

/**
 * Decompresses the header blocks of one direction of a session. They are one stream of bytes: each must be given, in
 * order, whether its frame is wanted or not, and the next only when the one before is done.
 */
export class HeaderDecoder {
  readonly #limits: HeaderLimits;
  readonly #inflate = createInflate({
    dictionary: headerDictionary,
    flush: zlib.Z_SYNC_FLUSH,
    finishFlush: zlib.Z_SYNC_FLUSH,
  });
  #parts: Buffer[] = [];
  #length = 0;
  #fail: ((error: Error) => void) | undefined;

  constructor(limits: HeaderLimits) {
    this.#limits = limits;
    this.#inflate.on("data", (part: Buffer) => {
      this.#length += part.length;
      // A few compressed bytes can stand for any number of others.
      if (this.#length > limits.maxBlockLength) {
        this.#fail?.(new SpdyError(`a header block of more than ${limits.maxBlockLength} bytes`));
        this.close();
      } else this.#parts.push(part);
    });
    this.#inflate.on("error", (error) =>
      this.#fail?.(new SpdyError(`a header block that cannot be decompressed: ${error.message}`)),
    );
  }

  /** Rejects with a {@link SpdyError} for what is no header block; nothing may be decoded after that. */
  async decode(compressed: Uint8Array): Promise<StreamHeaders> {
    this.#parts = [];
    this.#length = 0;
    await new Promise<void>((resolve, reject) => {
      this.#fail = reject;
      this.#inflate.write(compressed, () => resolve());
    });
    return parseHeaderBlock(Buffer.concat(this.#parts), this.#limits);
  }

  close(): void {
    this.#inflate.destroy();
  }
}

/** What a stored block of deflate can hold. */
const maxStored = 0xffff;
/** An empty block: Go hands out what was decompressed only when it comes. */
const syncMarker = Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff]);

/** The header blocks that a session sends, one after the other: in the form of compressed ones, but stored as they are. */
export class HeaderEncoder {
  #begun = false;

  encode(headers: StreamHeaders): Buffer {
    const block = renderHeaderBlock(headers);
    const parts: Buffer[] = [];
    // The head of a zlib stream without dictionary.
    if (!this.#begun) parts.push(Buffer.from([0x78, 0x01]));
    this.#begun = true;
    for (let offset = 0; offset < block.length; offset += maxStored) {
      const stored = block.subarray(offset, offset + maxStored);
      const head = Buffer.alloc(5);
      head.writeUInt16LE(stored.length, 1);
      head.writeUInt16LE(~stored.length & maxStored, 3);
      parts.push(head, stored);
    }
    return Buffer.concat([...parts, syncMarker]);
  }
}
