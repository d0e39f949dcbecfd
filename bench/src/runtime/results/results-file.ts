import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseRunResults, type RunResults, runResultsText } from "./run-results.ts";

const pathOf = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

/** Where a run keeps what it has measured so far, unless told otherwise. */
export const runFile: string = pathOf("tmp/bench/runtime.json");

/** The results that the documentation shows. */
export const publishedFile: string = pathOf("bench/results/runtime.json");

/** Reads results; throws where there are none. */
export function readResults(file: string): RunResults {
  if (!existsSync(file)) throw new Error(`read the results ${file}: there is no such file; measure first`);
  return parseRunResults(readFileSync(file, "utf8"), file);
}

/** Replaces the file in one step: a run that is killed leaves whole results. */
export function writeResults(file: string, results: RunResults): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, runResultsText(results));
  renameSync(`${file}.new`, file);
}
