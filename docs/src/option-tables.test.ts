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

/** Names of the properties of an object literal that a variable of a file is made from, at its first level. */
async function settingsOf(file: string, variable: string): Promise<readonly string[]> {
  const path = join(root, "packages", file);
  const source = ts.createSourceFile(path, await readFile(path, "utf8"), ts.ScriptTarget.Latest);
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && (node.name as ts.Identifier).text === variable) {
      const [shape] = (node.initializer as ts.CallExpression).arguments;
      for (const { name } of (shape as ts.ObjectLiteralExpression).properties)
        if (name && ts.isIdentifier(name)) names.push(name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

describe("the page about operating", () => {
  it("names every setting of the command", async () => {
    const page = await readFile(join(root, "docs/operating.md"), "utf8");
    const tables = page
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .join("\n");
    const sections = backends.map(({ name }) => name);
    const settings = await settingsOf("cli/src/run/config.ts", "configSchema");
    expect(settings.length).toBeGreaterThan(15);
    const missing = settings.filter(
      (name) => !sections.includes(name) && !new RegExp(`\`${name}[\`:]`).test(tables),
    );
    expect(missing).toEqual([]);
  });
});

describe("pages of the backends", () => {
  it.each(backends)("$name: the table has every option and no other", async ({ name, types, files }) => {
    const declared = await Promise.all(files.map((file) => membersOf(file, types)));
    expect(declared.flat().length).toBeGreaterThan(3);
    expect([...(await documentedOptions(`${name}.md`))].sort()).toEqual(declared.flat().sort());
  });
});
