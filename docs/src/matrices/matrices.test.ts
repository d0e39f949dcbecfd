import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { auditPod } from "@vkubelet/pod";
import { podWith, schemaPaths } from "@vkubelet/pod/schema";
import { describe, expect, it } from "vitest";
import { root } from "../code-blocks.ts";
import { configurations, variants } from "../configurations.ts";
import { matrixPages } from "./matrix-pages.ts";
import { type Matrix, matrixOf } from "./matrix-rows.ts";

const everyTable = [...configurations, ...variants].map(({ name, options, support }) => ({
  title: `${name} (${options})`,
  support,
}));

const withoutBrackets = (path: string) => path.replace(/\[\d*\]|\{\}|\["[^"]*"\]/g, "");

/** What an audit says of a pod with the field: the entry for it, for what is above it, or those below it. */
function audited(path: string, support: (typeof everyTable)[number]["support"]): readonly string[] {
  const wanted = withoutBrackets(path).replace(/\.sample$/, "");
  const { entries } = auditPod(podWith(path), support);
  const at = (bare: string) => entries.filter((entry) => withoutBrackets(entry.path) === bare);
  for (let bare = wanted; bare !== ""; bare = bare.slice(0, Math.max(bare.lastIndexOf("."), 0))) {
    const found = at(bare);
    if (found.length > 0) return found.map(({ disposition }) => disposition);
  }
  return [];
}

function isDecidedBelow(path: string, { rows }: Matrix): boolean {
  return rows.some((row) => withoutBrackets(row.path).startsWith(`${withoutBrackets(path)}.`));
}

describe.each(everyTable)("the matrix of $title", ({ support }) => {
  const matrix = matrixOf(support);

  it("accounts for every path of the schema once", () => {
    const listed = [...matrix.rows.flatMap(({ decides }) => decides), ...matrix.bare];
    expect([...listed].sort()).toEqual(
      schemaPaths()
        .map(({ path }) => path)
        .sort(),
    );
  });

  it("has rows for paths of the schema only", () => {
    const known = new Set(schemaPaths().map(({ path }) => withoutBrackets(path)));
    const unknown = matrix.rows
      .map(({ path }) => withoutBrackets(path))
      .filter((path) => !known.has(path) && !known.has(path.slice(0, path.lastIndexOf("."))));
    expect(unknown).toEqual([]);
  });

  it("says of every field what an audit says", () => {
    const wrong = schemaPaths().flatMap(({ path }) => {
      if (isDecidedBelow(path, matrix)) return [];
      const said = matrix.at(path)?.map(({ disposition }) => disposition) ?? [];
      return audited(path, support)
        .filter((disposition) => disposition !== "ignore" && !said.some((one) => one === disposition))
        .map((disposition) => `${path}: ${disposition}, not ${said.join(", ")}`);
    });
    expect(wrong).toEqual([]);
  });
});

it("the pages are current (node --conditions=@vkubelet/source docs/src/write-matrices.mjs)", async () => {
  for (const [path, text] of matrixPages()) {
    expect(await readFile(join(root, path), "utf8"), path).toBe(text);
  }
});
