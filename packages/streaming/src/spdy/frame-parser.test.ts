import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameParser } from "./frame-parser.ts";
import { dataHead, goAway, ping, rstStream } from "./frames.ts";
import { SpdyError } from "./spdy-error.ts";

/** What a parser told, with the parts of one payload joined. */
class Recorder {
  readonly told: string[] = [];
  isReady: () => boolean = () => true;
  #payload = "";

  onControl(frame: { readonly type: number; readonly flags: number; readonly body: Buffer }): void {
    this.told.push(`control ${frame.type} ${frame.flags} ${frame.body.toString("hex")}`);
  }

  onData(streamId: number, part: Uint8Array, fin: boolean): void {
    this.#payload += Buffer.from(part).toString("hex");
    if (fin) {
      this.told.push(`data ${streamId} ${this.#payload}`);
      this.#payload = "";
    }
  }

  ready(): boolean {
    return this.isReady();
  }
}

function frames(): { readonly bytes: Buffer; readonly told: readonly string[] } {
  const payload = Buffer.from("payload");
  return {
    bytes: Buffer.concat([
      ping(7),
      dataHead(1, payload.length, true),
      payload,
      dataHead(3, 0, true),
      rstStream(5, 1),
      goAway(9),
    ]),
    told: [
      "control 6 0 00000007",
      `data 1 ${payload.toString("hex")}`,
      "data 3 ",
      "control 3 0 0000000500000001",
      "control 7 0 0000000900000000",
    ],
  };
}

describe("FrameParser", () => {
  it("tells the same however the bytes are cut, and stops where it shall", () => {
    const { bytes, told } = frames();
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: bytes.length })),
        fc.infiniteStream(fc.boolean()),
        (cuts, answers) => {
          const recorder = new Recorder();
          recorder.isReady = () => answers.next().value ?? true;
          const parser = new FrameParser(recorder, { maxControlLength: 100 });
          const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
          let rest: Buffer = Buffer.alloc(0);
          for (const [index, edge] of edges.entries()) {
            rest = parser.read(Buffer.concat([rest, bytes.subarray(edges[index - 1] ?? 0, edge)]));
          }
          recorder.isReady = () => true;
          parser.read(rest);
          expect(recorder.told).toEqual(told);
        },
      ),
    );
  });

  it("never fails but with its own error, whatever comes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        const parser = new FrameParser(new Recorder(), { maxControlLength: 1_000 });
        try {
          for (const chunk of chunks) parser.read(Buffer.from(chunk));
        } catch (error) {
          expect(error).toBeInstanceOf(SpdyError);
        }
      }),
    );
  });

  it("refuses a control frame beyond the limit before its body comes, and other versions", () => {
    const parser = () => new FrameParser(new Recorder(), { maxControlLength: 1_000 });
    expect(() => parser().read(Buffer.from("8003000100ffffff", "hex"))).toThrow(
      "a control frame of 16777215 bytes, more than 1000",
    );
    expect(() => parser().read(Buffer.from("8002000100000000", "hex"))).toThrow("a frame of version 2");
  });
});
