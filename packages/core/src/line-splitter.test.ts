import { describe, expect, it } from "vitest";
import { LineSplitter } from "./line-splitter.ts";
import type { LogLine } from "./log-options.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const texts = (lines: Iterable<LogLine>) =>
  [...lines].map((line) => {
    const text = new TextDecoder().decode(line.bytes);
    return `${line.time ?? "-"} ${text}${line.partial ? "…" : ""}`;
  });

describe("LineSplitter", () => {
  it("joins a line over chunks and gives it the time of its first byte", () => {
    const splitter = new LineSplitter("stdout");
    expect(texts(splitter.push(bytes("a\n\nb"), "1"))).toEqual(["1 a", "1 "]);
    expect(texts(splitter.push(bytes("c"), "2"))).toEqual([]);
    expect(texts(splitter.push(bytes("d\ne\n"), "3"))).toEqual(["1 bcd", "3 e"]);
    expect(texts(splitter.end())).toEqual([]);
  });

  it("says whose lines they are, and no time where none is known", () => {
    const [line] = new LineSplitter("stderr").push(bytes("x\n"));
    expect(line).toEqual({ bytes: bytes("x"), stream: "stderr" });
  });

  it("hands out what has no end yet as a part, once", () => {
    const splitter = new LineSplitter("stdout");
    expect(texts(splitter.push(bytes("x"), "1"))).toEqual([]);
    expect(texts(splitter.end())).toEqual(["1 x…"]);
    expect(texts(splitter.end())).toEqual([]);
  });

  it("drops the rest of a line that began before", () => {
    const splitter = new LineSplitter("stdout", true);
    expect(texts(splitter.push(bytes("rest")))).toEqual([]);
    expect(texts(splitter.push(bytes(" of it\nwhole\n")))).toEqual(["- whole"]);
    const endless = new LineSplitter("stdout", true);
    expect(texts(endless.push(bytes("rest")))).toEqual([]);
    expect(texts(endless.end())).toEqual([]);
  });

  it("hands out an overlong line in parts", () => {
    const splitter = new LineSplitter("stdout");
    const [part, ...others] = splitter.push(new Uint8Array(1_048_577).fill(120));
    expect(part).toMatchObject({ partial: true, stream: "stdout" });
    expect(part?.bytes.length).toBe(1_048_577);
    expect(others).toEqual([]);
    expect(texts(splitter.push(bytes("end\n")))).toEqual(["- end"]);
  });
});
