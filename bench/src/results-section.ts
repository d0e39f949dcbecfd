import { readFileSync, writeFileSync } from "node:fs";

const readme = new URL("../README.md", import.meta.url);

/** Replaces what stands in README.md between the marks of a section. */
export function writeSection(name: string, text: string): void {
  const start = `<!-- ${name} -->\n`;
  const end = `<!-- end of ${name} -->\n`;
  const old = readFileSync(readme, "utf8");
  const from = old.indexOf(start);
  const to = old.indexOf(end);
  if (from < 0 || to < from) throw new Error(`write the ${name}: README.md has no such section`);
  writeFileSync(readme, `${old.slice(0, from)}${start}\n${text}\n${old.slice(to)}`);
}
