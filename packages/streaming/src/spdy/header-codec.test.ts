import { createDeflate, constants as zlib } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHeaderBlock, renderHeaderBlock } from "./header-block.ts";
import { HeaderDecoder, HeaderEncoder } from "./header-codec.ts";
import { headerDictionary } from "./header-dictionary.ts";
import { SpdyError } from "./spdy-error.ts";

const limits = { maxBlockLength: 16 * 1024, maxHeaders: 32 };

/** Compresses as Go does: with the dictionary, each block up to a sync marker. */
async function* compressed(blocks: readonly Buffer[]): AsyncGenerator<Buffer> {
  const deflate = createDeflate({ dictionary: headerDictionary });
  const parts: Buffer[] = [];
  deflate.on("data", (part: Buffer) => parts.push(part));
  for (const block of blocks) {
    deflate.write(block);
    await new Promise<void>((resolve) => deflate.flush(zlib.Z_SYNC_FLUSH, resolve));
    yield Buffer.concat(parts.splice(0));
  }
}

describe("header blocks", () => {
  it("has the dictionary of the specification", async () => {
    expect(headerDictionary.length).toBe(1_423);
    // The second field of a zlib stream with a dictionary is its checksum.
    for await (const bytes of compressed([Buffer.from("x")])) {
      expect(bytes.subarray(2, 6).toString("hex")).toBe("e3c6a7c2");
    }
  });

  it("reads what is compressed with the dictionary, block after block", async () => {
    const decoder = new HeaderDecoder(limits);
    const headers = ["error", "stdin", "stdout"].map((type) => new Map([["streamtype", type]]));
    const read: object[] = [];
    for await (const bytes of compressed(headers.map(renderHeaderBlock)))
      read.push(await decoder.decode(bytes));
    expect(read).toEqual(headers);
    decoder.close();
  });

  it("reads what it writes, however long", async () => {
    const name = fc.string({ minLength: 1, maxLength: 20 }).map((text) => text.toLowerCase());
    const blocks = fc.array(fc.dictionary(name, fc.string({ maxLength: 20_000 }), { maxKeys: 8 }), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(blocks, async (written) => {
        const encoder = new HeaderEncoder();
        const decoder = new HeaderDecoder({ ...limits, maxBlockLength: 1_000_000 });
        for (const headers of written) {
          const map = new Map(
            Object.entries(headers).map(([key, value]) => [key, Buffer.from(value).toString()]),
          );
          expect(await decoder.decode(encoder.encode(map))).toEqual(map);
        }
        decoder.close();
      }),
      { numRuns: 30 },
    );
  });

  it("stops a block that grows beyond the limit", async () => {
    const bomb = renderHeaderBlock(new Map([["x", "a".repeat(10_000_000)]]));
    for await (const bytes of compressed([bomb])) {
      const decoder = new HeaderDecoder(limits);
      await expect(decoder.decode(bytes)).rejects.toThrow("a header block of more than 16384 bytes");
    }
  });

  it("refuses what is no zlib stream", async () => {
    const decoder = new HeaderDecoder(limits);
    await expect(decoder.decode(Buffer.from("not compressed"))).rejects.toThrow(SpdyError);
  });

  it("never fails but with its own error, whatever a block holds", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          parseHeaderBlock(Buffer.from(bytes), limits);
        } catch (error) {
          expect(error).toBeInstanceOf(SpdyError);
        }
      }),
    );
    const manyHeaders = renderHeaderBlock(
      new Map(Array.from({ length: 33 }, (_, index) => [`h${index}`, ""])),
    );
    expect(() => parseHeaderBlock(manyHeaders, limits)).toThrow("33 headers in a block, more than 32");
  });
});
