import { writeFileSync } from "node:fs";
import { writeSection } from "../../results-section.ts";
import { resultsPlot } from "../plot/results-plot.ts";
import { publishedFile, writeResults } from "../results/results-file.ts";
import type { RunResults } from "../results/run-results.ts";
import { resultsTable } from "./results-table.ts";

/** The picture that `docs/performance.md` shows. */
export const plotFile: URL = new URL("../../../../docs/performance.svg", import.meta.url);

/** Keeps the results and puts their table and their plot into `docs/performance.md`. */
export function publish(results: RunResults): void {
  writeResults(publishedFile, results);
  writeFileSync(plotFile, resultsPlot(results));
  writeSection("docs/performance.md", "runtime results", resultsTable(results));
}
