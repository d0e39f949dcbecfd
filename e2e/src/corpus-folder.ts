import { appendFileSync } from "node:fs";
import { skipsFileVariable } from "@vkubelet-tools/peers";

/** Environment variable: a folder with manifests of real workloads. */
const corpusVariable = "VKUBELET_CORPUS";

/** The folder; undefined where none is named, which is recorded for the end of the run as a skip. */
export function corpusOrSkip(): string | undefined {
  const folder = process.env[corpusVariable];
  if (folder) return folder;
  const reason = `real workloads: ${corpusVariable} names no folder with manifests`;
  const file = process.env[skipsFileVariable];
  if (file) appendFileSync(file, `${reason}\n`);
  else console.warn(`skipped, ${reason}`);
  return undefined;
}
