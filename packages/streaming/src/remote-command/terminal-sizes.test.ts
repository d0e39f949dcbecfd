import { describe, expect, it } from "vitest";
import { terminalSizes } from "./terminal-sizes.ts";

async function sizesOf(...parts: readonly string[]) {
  async function* stream() {
    for (const part of parts) yield Buffer.from(part);
  }
  const sizes: string[] = [];
  for await (const { width, height } of terminalSizes(stream())) sizes.push(`${width}x${height}`);
  return sizes;
}

describe("terminalSizes", () => {
  it("reads sizes one after the other, however they are cut", async () => {
    expect(await sizesOf('{"Width":120,"Height":40}\n{"Width":80,', '"Height":24}\n')).toEqual([
      "120x40",
      "80x24",
    ]);
  });

  it("leaves out what is no size, and goes on", async () => {
    expect(
      await sizesOf(
        '{"Width":0,"Height":1}',
        "}{]}",
        '{"Width":"a"}',
        '{"Width":99999,"Height":2}{"Width":1,"Height":2}',
      ),
    ).toEqual(["1x2"]);
  });

  it("keeps nothing of what never becomes a size", async () => {
    expect(
      await sizesOf(...Array.from({ length: 100 }, () => "{".repeat(1_000)), '}{"Width":1,"Height":2}'),
    ).toEqual(["1x2"]);
  });

  it("ends where the stream breaks off", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"Width":1,"Height":2}');
      throw new Error("reset");
    }
    const sizes: object[] = [];
    for await (const size of terminalSizes(broken())) sizes.push(size);
    expect(sizes).toEqual([{ width: 1, height: 2 }]);
  });
});
