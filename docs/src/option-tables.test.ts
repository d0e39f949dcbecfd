import { readFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { root } from "./code-blocks.ts";

const backends = [
  { name: "local", types: ["LocalProviderOptions"], files: ["local/src/options.ts"] },
  { name: "nomad", types: ["NomadProviderOptions"], files: ["nomad/src/options.ts"] },
  {
    name: "fargate",
    types: ["FargateOptions", "FargateTranslateOptions"],
    files: ["fargate/src/options.ts", "fargate/src/translate/options.ts"],
  },
  {
    name: "batch",
    types: ["BatchOptions", "BatchTranslateOptions"],
    files: ["batch/src/options.ts", "batch/src/translate/options.ts"],
  },
];

/** Names of the members that interfaces of a file declare. */
async function membersOf(file: string, types: readonly string[]): Promise<readonly string[]> {
  const path = join(root, "packages", file);
  const source = ts.createSourceFile(path, await readFile(path, "utf8"), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) =>
    ts.isInterfaceDeclaration(statement) && types.includes(statement.name.text)
      ? statement.members.flatMap(({ name }) => (name && ts.isIdentifier(name) ? [name.text] : []))
      : [],
  );
}

/** First cells of the table below the heading Options. */
async function documentedOptions(page: string): Promise<readonly string[]> {
  const text = await readFile(join(root, "docs/backends", page), "utf8");
  const section = text.split(/^## /m).find((part) => part.startsWith("Options\n")) ?? "";
  return [...section.matchAll(/^\| `(\w+)`/gm)].flatMap(([, name]) => name ?? []);
}

describe("pages of the backends", () => {
  it.each(backends)("$name: the table has every option and no other", async ({ name, types, files }) => {
    const declared = await Promise.all(files.map((file) => membersOf(file, types)));
    expect(declared.flat().length).toBeGreaterThan(3);
    expect([...(await documentedOptions(`${name}.md`))].sort()).toEqual(declared.flat().sort());
  });
});
