import { appendFile, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../test-support.ts";
import { LogStamper } from "./log-index.ts";
import { type LogSource, readLogs } from "./read-logs.ts";
import { findHoleMaker, readLogBase, trimLogs } from "./trim-logs.ts";

const fallocate = await (async () => {
  await using directory = await temporaryDirectory();
  return findHoleMaker(directory.path);
})();
const limits = { maxBytes: 8192, maxFiles: 2 };

/** Lines of ten bytes each. */
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${String(from + index).padStart(9, "0")}\n`).join("");

async function instance(directory: string) {
  for (const name of ["stdout", "stderr"]) await writeFile(join(directory, name), "");
  const stamper = new LogStamper((path) => trimLogs(path, limits, fallocate ?? ""));
  const source = (fields: Partial<LogSource> = {}): LogSource => ({
    directory,
    follow: false,
    signal: new AbortController().signal,
    stamp: () => stamper.stamp(directory),
    ended: () => true,
    seen: () => 0,
    wait: async () => {},
    ...fields,
  });
  const add = async (text: string) => {
    await appendFile(join(directory, "stdout"), text);
    await stamper.stamp(directory);
  };
  return { source, add };
}

async function textsOf(source: LogSource): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const line of readLogs(source)) texts.push(Buffer.from(line.bytes).toString());
  return texts;
}

if (fallocate === undefined) {
  describe("trimLogs", () => {
    it("skipped: files of this machine have no holes (needs fallocate and a file system that makes them)", () => {});
  });
} else {
  describe("trimLogs", () => {
    it("keeps everything while there is room", async () => {
      await using directory = await temporaryDirectory();
      const { source, add } = await instance(directory.path);
      await add(lines(0, 1600));
      expect(await readLogBase(directory.path)).toEqual({ stdout: 0, stderr: 0 });
      expect(await textsOf(source())).toHaveLength(1600);
    });

    it("drops the oldest lines whole, and gives their room back", async () => {
      await using directory = await temporaryDirectory();
      const { source, add } = await instance(directory.path);
      for (let from = 0; from < 10_000; from += 500) await add(lines(from, from + 500));
      const texts = await textsOf(source());
      expect(texts.at(-1)).toBe("000009999");
      expect(texts.length).toBeGreaterThanOrEqual(819);
      expect(texts.length).toBeLessThan(1640);
      expect(texts).toEqual(
        lines(10_000 - texts.length, 10_000)
          .trim()
          .split("\n"),
      );
      const { size, blocks } = await stat(join(directory.path, "stdout"));
      expect(size).toBe(100_000);
      expect(blocks * 512).toBeLessThan(32_768);
      expect((await readFile(join(directory.path, "log-index"), "utf8")).split("\n").length).toBeLessThan(6);
      expect(await textsOf(source({ tailLines: 2 }))).toEqual(["000009998", "000009999"]);
      expect(await textsOf(source({ tailLines: 9000 }))).toEqual(texts);
    });

    it("a follower goes on where output is left, and sees each line once", async () => {
      await using directory = await temporaryDirectory();
      const { source, add } = await instance(directory.path);
      await add(lines(0, 100));
      let turn = 0;
      const follower = source({
        follow: true,
        ended: () => turn === 3,
        wait: async () => {
          turn += 1;
          if (turn === 1) await add(lines(100, 5000));
          if (turn === 2) await add(lines(5000, 5010));
        },
      });
      const texts = await textsOf(follower);
      expect(texts.slice(0, 100)).toEqual(lines(0, 100).trim().split("\n"));
      expect(texts.at(-1)).toBe("000005009");
      expect(new Set(texts).size).toBe(texts.length);
      expect(texts.every((text) => /^\d{9}$/.test(text))).toBe(true);
    });
  });
}
