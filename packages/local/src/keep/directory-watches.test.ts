import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type LogFields, silentLogger } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../test-support.ts";
import { DirectoryWatches } from "./directory-watches.ts";

describe("DirectoryWatches", () => {
  it("asks for a look when a watch begins, and then names what changed", async () => {
    await using directory = await temporaryDirectory();
    let doubts = 0;
    let tell: (name: string | null) => void = () => {};
    const told = new Promise<string | null>((resolve) => {
      tell = resolve;
    });
    const watches = new DirectoryWatches({
      logger: silentLogger,
      onFile: (_directory, name) => tell(name),
      onDoubt: () => {
        doubts += 1;
      },
    });
    watches.keep(new Set([directory.path]));
    watches.keep(new Set([directory.path]));
    expect(doubts).toBe(1);
    await writeFile(join(directory.path, "exit"), "0");
    expect(await told).toBe("exit");
    watches.close();
  });

  it("says that it is not complete where a directory cannot be watched", () => {
    const warnings: LogFields[] = [];
    const watches = new DirectoryWatches({
      logger: { ...silentLogger, warn: (_message, fields) => warnings.push(fields ?? {}) },
      onFile: () => {},
      onDoubt: () => {},
    });
    watches.keep(new Set(["/no/such/directory"]));
    expect(watches.complete).toBe(false);
    expect(warnings).toMatchObject([{ directory: "/no/such/directory" }]);
    watches.keep(new Set());
    expect(watches.complete).toBe(true);
  });
});
