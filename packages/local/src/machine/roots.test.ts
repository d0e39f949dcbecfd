import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../test-support.ts";
import { hasProcfs, probeHost } from "./host.ts";
import { prepareRoots } from "./roots.ts";
import { findTools } from "./tools.ts";

const { mounts, users } = await probeHost({});

if (mounts === "reject") {
  describe("prepareRoots", () => {
    it("skipped: this machine allows no private mount namespaces (needs Linux and root)", () => {});
  });
} else {
  describe("prepareRoots", async () => {
    const tools = findTools({ namespace: true, users: users === "any", procfs: await hasProcfs() });

    it("finds what enters a root, once for each set of programs, and leaves nothing else behind", async () => {
      await using directory = await temporaryDirectory();
      const roots = await prepareRoots(directory.path, tools, true);
      expect(roots).toMatchObject({ tools: { entry: { directory: expect.stringContaining("/entry-") } } });
      const names = await readdir(directory.path);
      expect(names).toEqual([expect.stringMatching(/^entry-[0-9a-f]{16}$/)]);
      expect(await prepareRoots(directory.path, tools, true)).toEqual(roots);
      expect(await readdir(directory.path)).toEqual(names);
    });

    it("says why there can be none, and where the directory should lie", async () => {
      await using directory = await temporaryDirectory();
      const without = { ...tools, mount: "/bin/false" };
      expect(await prepareRoots(directory.path, without, true)).toEqual({
        refusal: expect.stringMatching(
          /^root: no overlay on .* could be mounted; let the option directory lie on/,
        ),
      });
      expect(await prepareRoots(directory.path, { ...tools, pivotRoot: undefined }, true)).toEqual({
        refusal: "pivot_root is not installed",
      });
    });
  });
}
