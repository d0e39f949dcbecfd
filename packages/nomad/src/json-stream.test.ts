import { describe, expect, it } from "vitest";
import { jsonLines, jsonObjects } from "./json-stream.ts";

/** A stream of the bytes of `text`, `size` at a time, so that characters and objects are cut anywhere. */
function inPieces(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
}
async function collect(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe.each([1, 2, 3, 7, 1_000])("in pieces of %i bytes", (size) => {
  it("cuts lines", async () => {
    expect(await collect(jsonLines(inPieces('{"a":"é"}\n\n{"b":[1]}\n', size)))).toEqual([
      { a: "é" },
      { b: [1] },
    ]);
  });

  it("cuts objects, whatever stands in their texts", async () => {
    const objects = [{ a: 'x}{"\\' }, {}, { b: { c: "é{" } }];
    const text = objects.map((object) => JSON.stringify(object)).join("");
    expect(await collect(jsonObjects(inPieces(text, size)))).toEqual(objects);
  });
});

it("takes a stream that ends within something for broken", async () => {
  await expect(collect(jsonLines(inPieces("{}\n{", 9)))).rejects.toThrow("within a line");
  await expect(collect(jsonObjects(inPieces('{}{"a', 9)))).rejects.toThrow("within an object");
});
