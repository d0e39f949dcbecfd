import { mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withLockFile } from "./lock-file.ts";

describe("withLockFile", () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "vkubelet-lock-"));
    path = join(folder, "deep", "a.lock");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("lets one holder work at a time", async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
    };
    await Promise.all([withLockFile(path, work), withLockFile(path, work)]);
    expect(most).toBe(1);
  });

  it("holds the file while working and removes it after a failure too", async () => {
    const work = async () => {
      expect(await readFile(path, "utf8")).toBe(`${process.pid}\n`);
      throw new Error("broken");
    };
    await expect(withLockFile(path, work)).rejects.toThrow("broken");
    await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("takes over a file that its holder no longer touches", async () => {
    await withLockFile(path, async () => {});
    await writeFile(path, "1\n");
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(path, longAgo, longAgo);
    expect(await withLockFile(path, async () => "done")).toBe("done");
  });

  it("stops waiting when it is aborted", async () => {
    await withLockFile(path, async () => {
      const waiting = withLockFile(path, async () => "never", { signal: AbortSignal.abort() });
      await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    });
  });
});
