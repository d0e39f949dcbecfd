import { glob, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** One fenced `ts` block of a page. */
export interface CodeBlock {
  /** Page, relative to the repository's root. */
  readonly page: string;
  /** Line of the page on which the code begins, from 1. */
  readonly line: number;
  readonly code: string;
}

/** The repository's root. */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Every Markdown page: the README files of the repository, its packages and examples, and all of `docs`. */
export async function documentationPages(): Promise<readonly string[]> {
  const patterns = ["README.md", "{packages,examples}/{,*/}README.md", "docs/**/*.md"];
  const pages: string[] = [];
  for await (const page of glob(patterns, { cwd: root, exclude: ["**/node_modules/**"] })) pages.push(page);
  return pages.sort();
}

/** The `ts` blocks of a page. */
export async function codeBlocks(page: string): Promise<readonly CodeBlock[]> {
  const lines = (await readFile(join(root, page), "utf8")).split("\n");
  const blocks: CodeBlock[] = [];
  let start: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (start === undefined && line === "```ts") start = index + 1;
    else if (start !== undefined && line === "```") {
      blocks.push({ page, line: start + 1, code: lines.slice(start, index).join("\n") });
      start = undefined;
    }
  }
  return blocks;
}
