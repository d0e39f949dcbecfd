import { glob, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** One fenced block of a page. */
export interface CodeBlock {
  readonly language: string;
  /** The file that the block says it shows, relative to the repository's root. */
  readonly file?: string;
  /** Page, relative to the repository's root. */
  readonly page: string;
  /** Line of the page on which the code begins, from 1. */
  readonly line: number;
  /** Without the line that names the file. */
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

/** The fenced blocks of a page that name their language. */
export async function codeBlocks(page: string): Promise<readonly CodeBlock[]> {
  const lines = (await readFile(join(root, page), "utf8")).split("\n");
  const blocks: CodeBlock[] = [];
  let open: { readonly language: string; readonly start: number } | undefined;
  for (const [index, line] of lines.entries()) {
    const language = /^```(\w+)$/.exec(line)?.[1];
    if (open === undefined && language !== undefined) open = { language, start: index + 1 };
    else if (open !== undefined && line === "```") {
      blocks.push(blockOf(page, open.language, open.start, lines.slice(open.start, index)));
      open = undefined;
    }
  }
  return blocks;
}

function blockOf(page: string, language: string, start: number, lines: readonly string[]): CodeBlock {
  const file = /^(?:\/\/|#) file: (\S+)$/.exec(lines[0] ?? "")?.[1];
  const block = { page, language, line: start + 1 };
  if (file === undefined) return { ...block, code: lines.join("\n") };
  return { ...block, file, code: lines.slice(1).join("\n") };
}
