import { SpdyError } from "./spdy-error.ts";

/** Headers of a stream; Kubernetes sends the names in lower case and one value for each. */
export type StreamHeaders = ReadonlyMap<string, string>;

/** How large a header block may be. */
export interface HeaderLimits {
  /** Bytes after decompression. */
  readonly maxBlockLength: number;
  readonly maxHeaders: number;
}

/** Reads an uncompressed block of names and values (2.6.10). Throws a {@link SpdyError} for any other. */
export function parseHeaderBlock(block: Buffer, { maxHeaders }: HeaderLimits): StreamHeaders {
  let offset = 0;
  const number = () => {
    if (offset + 4 > block.length) throw new SpdyError("a header block that ends too early");
    const value = block.readUInt32BE(offset);
    offset += 4;
    return value;
  };
  const string = () => {
    const length = number();
    if (length > block.length - offset) throw new SpdyError("a header that is longer than its block");
    const value = block.toString("utf8", offset, offset + length);
    offset += length;
    return value;
  };
  const count = number();
  if (count > maxHeaders) throw new SpdyError(`${count} headers in a block, more than ${maxHeaders}`);
  const headers = new Map<string, string>();
  for (let index = 0; index < count; index++) {
    const name = string().toLowerCase();
    if (name === "") throw new SpdyError("a header without a name");
    if (headers.has(name)) throw new SpdyError(`the header ${JSON.stringify(name)} twice in one block`);
    headers.set(name, string());
  }
  if (offset !== block.length) throw new SpdyError("a header block that goes on after its headers");
  return headers;
}

/** The same the other way. */
export function renderHeaderBlock(headers: StreamHeaders): Buffer {
  const parts: Buffer[] = [uint32(headers.size)];
  for (const [name, value] of headers) {
    for (const text of [name.toLowerCase(), value]) {
      const bytes = Buffer.from(text);
      parts.push(uint32(bytes.length), bytes);
    }
  }
  return Buffer.concat(parts);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
