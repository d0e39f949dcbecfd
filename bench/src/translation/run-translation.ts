import { availableParallelism } from "node:os";
import { markdownTable } from "../markdown-table.ts";
import { writeSection } from "../results-section.ts";
import { measureAudits } from "./audit.ts";
import { measureLoading } from "./loading.ts";
import { measureQuantities } from "./quantity.ts";
import type { Row } from "./row.ts";
import { measureTranslation } from "./translate-local.ts";

/** Measures the translation, prints its table, and puts it into README.md if asked to. */
export async function runTranslation(write: boolean): Promise<void> {
  const rows: Row[] = [];
  for (const measure of [measureTranslation, measureAudits, measureQuantities, measureLoading]) {
    rows.push(...(await measure()));
  }
  const table = markdownTable([
    ["what", "measured", "target"],
    ...rows.map(({ what, measured, target = "" }) => [what, measured, target]),
  ]);
  const machine = `${availableParallelism()} cores, Node ${process.versions.node.split(".")[0]}, one core used.`;
  const text = `${machine}\n\n${table}`;
  process.stdout.write(text);
  if (write) writeSection("bench/README.md", "results", text);
}
