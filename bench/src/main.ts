// `npm run bench`: measures, and prints the table of bench/README.md; `--write` puts it there.
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { measureAudits } from "./audit.ts";
import { measureLoading } from "./loading.ts";
import { measureQuantities } from "./quantity.ts";
import type { Row } from "./row.ts";
import { measureTranslation } from "./translate-local.ts";

const readme = new URL("../README.md", import.meta.url);
const marks = { start: "<!-- results -->\n", end: "<!-- end of results -->\n" };

const rows: Row[] = [];
for (const measure of [measureTranslation, measureAudits, measureQuantities, measureLoading]) {
  rows.push(...(await measure()));
}
const table = tableOf(rows);
process.stdout.write(table);
if (process.argv.includes("--write")) {
  const text = readFileSync(readme, "utf8");
  const [before = "", rest = ""] = text.split(marks.start);
  const after = rest.slice(rest.indexOf(marks.end));
  writeFileSync(readme, `${before}${marks.start}\n${table}\n${after}`);
}

function tableOf(all: readonly Row[]): string {
  const cells = [
    ["what", "measured", "target"],
    ...all.map((row) => [row.what, row.measured, row.target ?? ""]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((line) => (line[column] ?? "").length)));
  const lineOf = (line: readonly string[]) =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |\n`;
  const [head = [], ...body] = cells.map(lineOf);
  const rule = lineOf(widths.map((width) => "-".repeat(width)));
  const machine = `${availableParallelism()} cores, Node ${process.versions.node.split(".")[0]}, one core used.\n`;
  return `${machine}\n${head}${rule}${body.join("")}`;
}
