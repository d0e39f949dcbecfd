import { appendFile, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../test-support.ts";
import { LogStamper, parseLogIndex } from "./log-index.ts";

async function output(directory: string, name: string, text: string, atSeconds: number): Promise<void> {
  await appendFile(join(directory, name), text);
  await utimes(join(directory, name), atSeconds, atSeconds);
}

async function entries(directory: string) {
  return parseLogIndex(await readFile(join(directory, "log-index"), "utf8"));
}

describe("LogStamper", () => {
  it("notes what came since the last look, in the order of writing", async () => {
    await using directory = await temporaryDirectory();
    await output(directory.path, "stdout", "four", 20);
    await output(directory.path, "stderr", "xx", 10);
    const stamper = new LogStamper();
    await Promise.all([stamper.stamp(directory.path), stamper.stamp(directory.path)]);
    await output(directory.path, "stdout", "more", 30);
    await stamper.stamp(directory.path);
    expect(await entries(directory.path)).toEqual([
      { timeMs: 10_000, stdout: 0, stderr: 2 },
      { timeMs: 20_000, stdout: 4, stderr: 2 },
      { timeMs: 30_000, stdout: 8, stderr: 2 },
    ]);
  });

  it("goes on where another left off, even in the middle of a line", async () => {
    await using directory = await temporaryDirectory();
    await writeFile(join(directory.path, "log-index"), "10000 4 0\n200");
    await output(directory.path, "stdout", "fourmore", 30);
    await output(directory.path, "stderr", "", 30);
    await new LogStamper().stamp(directory.path);
    expect(await entries(directory.path)).toEqual([
      { timeMs: 10_000, stdout: 4, stderr: 0 },
      { timeMs: 30_000, stdout: 8, stderr: 0 },
    ]);
  });

  it("times never go back", async () => {
    await using directory = await temporaryDirectory();
    await output(directory.path, "stdout", "a", 20);
    await output(directory.path, "stderr", "", 0);
    const stamper = new LogStamper();
    await stamper.stamp(directory.path);
    await output(directory.path, "stdout", "b", 5);
    await stamper.stamp(directory.path);
    expect((await entries(directory.path)).map(({ timeMs }) => timeMs)).toEqual([20_000, 20_000]);
  });
});
