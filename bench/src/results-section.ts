import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A page of the repository that shows results. */
export type ResultsPage = "bench/README.md" | "docs/performance.md";

/** Replaces what stands in a page between the marks of a section. */
export function writeSection(page: ResultsPage, name: string, text: string): void {
  const file = fileURLToPath(new URL(`../../${page}`, import.meta.url));
  writeFileSync(file, withSection(readFileSync(file, "utf8"), page, name, text));
}

/** The page with another text between the marks of a section; throws where it has no such section. */
export function withSection(old: string, page: string, name: string, text: string): string {
  const start = `<!-- ${name} -->\n`;
  const end = `<!-- end of ${name} -->\n`;
  const from = old.indexOf(start);
  const to = old.indexOf(end);
  if (from < 0 || to < from) throw new Error(`write the ${name}: ${page} has no such section`);
  return `${old.slice(0, from)}${start}\n${text}\n${old.slice(to)}`;
}
