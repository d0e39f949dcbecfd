import { publish } from "./report/publish.ts";
import { resultsTable } from "./report/results-table.ts";
import { readResults } from "./results/results-file.ts";
import { readDrawSettings } from "./settings.ts";

/** Prints the table of kept results, and puts table and plot into the documentation if asked to. */
export function drawRuntime(args: readonly string[]): void {
  const { resultsFile, write } = readDrawSettings(args);
  const results = readResults(resultsFile);
  process.stdout.write(resultsTable(results));
  if (write) publish(results);
}
