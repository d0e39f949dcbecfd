import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { providerErrorEffects } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { root } from "./code-blocks.ts";
import { writtenReasons } from "./reasons.ts";

/** What the tables explain: first cells in code that look like a reason. */
async function explainedReasons(): Promise<readonly string[]> {
  const text = await readFile(join(root, "docs/trouble.md"), "utf8");
  return [...text.matchAll(/^\| `([A-Z][A-Za-z]+…?)` +\|/gm)].flatMap(([, reason]) => reason ?? []);
}

describe("the page about trouble", () => {
  it("explains every reason that the sources write, once, and no other", async () => {
    // The code of an error stands where it has no reason of its own.
    const written = [...(await writtenReasons()).keys(), ...Object.keys(providerErrorEffects)];
    expect(written.length).toBeGreaterThan(100);
    const explained = await explainedReasons();
    expect(explained.toSorted()).toEqual([...new Set(written)].toSorted());
  });
});
