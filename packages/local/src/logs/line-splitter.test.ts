import { describe, expect, it } from "vitest";
import { LineSplitter } from "./line-splitter.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const texts = (lines: Iterable<{ bytes: Uint8Array; time: string }>) =>
  [...lines].map((line) => `${line.time} ${new TextDecoder().decode(line.bytes)}`);

describe("LineSplitter", () => {
  it("joins a line over chunks and gives it the time of its first byte", () => {
    const splitter = new LineSplitter();
    expect(texts(splitter.push(bytes("a\n\nb"), "1"))).toEqual(["1 a", "1 "]);
    expect(texts(splitter.push(bytes("c"), "2"))).toEqual([]);
    expect(texts(splitter.push(bytes("d\ne\n"), "3"))).toEqual(["1 bcd", "3 e"]);
    expect(splitter.rest()).toBeUndefined();
  });

  it("keeps what has no end yet", () => {
    const splitter = new LineSplitter();
    expect(texts(splitter.push(bytes("x"), "1"))).toEqual([]);
    const rest = splitter.rest();
    expect(rest && texts([rest])).toEqual(["1 x"]);
  });
});
