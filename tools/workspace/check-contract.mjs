// Holds a provider outside the workspace to the contract, with nothing but the published packages: the example's files
// in the consumer's project, run by the consumer's own vitest.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run.mjs";

const source = join(root, "examples/provider-contract/src");

/** Copies the example into the project in `cwd`, and returns the names of its files. */
export function copyContractExample(cwd) {
  const files = readdirSync(source);
  for (const file of files) copyFileSync(join(source, file), join(cwd, file));
  return files;
}

/** Runs the example's tests as one of the package checks: 0 when every case passed and none was skipped. */
export async function checkContract({ cwd, logFile }) {
  const report = join(cwd, "contract.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const vitest = join(cwd, "node_modules/.bin/vitest");
  const code = await run(vitest, ["run", ...reporters], { cwd, logFile });
  if (code !== 0) return code;
  const { numPassedTests, numTotalTests } = JSON.parse(readFileSync(report, "utf8"));
  if (numPassedTests === numTotalTests && numPassedTests > 0) return 0;
  writeFileSync(logFile, `${numPassedTests} of ${numTotalTests} cases passed: the others were not tried\n`);
  return 1;
}
