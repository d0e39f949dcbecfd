import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { type CodeBlock, codeBlocks, documentationPages, root } from "./code-blocks.ts";

/** Type-checks blocks as modules of the workspace, without writing them to disk. */
function problemsOf(blocks: readonly CodeBlock[]): readonly string[] {
  const config = ts.readConfigFile(join(root, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const checked = { ...options, noEmit: true, noUnusedLocals: false };
  const files = new Map(blocks.map((block, index) => [join(root, `docs/src/block-${index}.ts`), block]));
  const host = ts.createCompilerHost(checked);
  const { fileExists, readFile: read } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name)?.code ?? read(name);
  const program = ts.createProgram([...files.keys()], checked, host);
  return ts.getPreEmitDiagnostics(program).flatMap((diagnostic) => {
    const block = files.get(diagnostic.file?.fileName ?? "");
    if (block === undefined || diagnostic.file === undefined) return [];
    const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
    return [
      `${block.page}:${block.line + line}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, " ")}`,
    ];
  });
}

describe("documentation", () => {
  it("has only code blocks that compile", async () => {
    const blocks = (await Promise.all((await documentationPages()).map(codeBlocks))).flat();
    const own = blocks.filter(({ language, file }) => language === "ts" && file === undefined);
    expect(own.length).toBeGreaterThan(2);
    expect(problemsOf(own)).toEqual([]);
  }, 300_000);

  it("shows the files that it says it shows", async () => {
    const blocks = (await Promise.all((await documentationPages()).map(codeBlocks))).flat();
    const shown = blocks.filter(({ file }) => file !== undefined);
    expect(shown.length).toBeGreaterThan(0);
    for (const { page, line, file = "", code } of shown)
      expect(code, `${page}:${line}`).toBe((await readFile(join(root, file), "utf8")).trimEnd());
  });

  it("has only relative links that lead somewhere", async () => {
    const broken: string[] = [];
    for (const page of await documentationPages()) {
      const text = await readFile(join(root, page), "utf8");
      for (const [, target = ""] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
        if (!existsSync(join(root, dirname(page), target))) broken.push(`${page}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it("has the table of error effects as the code has it", async () => {
    const { providerErrorEffects } = await import("@vkubelet/core");
    const page = (await readFile(join(root, "docs/contract.md"), "utf8")).replace(/ +/g, " ");
    for (const [code, effect] of Object.entries(providerErrorEffects)) {
      expect(page).toContain(
        `| \`${code}\` | ${effect.onCreate} | ${effect.httpStatus} | ${effect.nodeUnready ? "yes" : "no"} | ${effect.meaning} |`,
      );
    }
  });

  it("keeps the provider of the README's first screen within 40 lines", async () => {
    const file = await readFile(
      join(root, dirname("examples/custom-provider/src/x"), "timer-provider.ts"),
      "utf8",
    );
    expect(file.trimEnd().split("\n").length).toBeLessThanOrEqual(40);
  });
});
