// Writes docs/workloads-report.md from the collection of workloads in the folder VKUBELET_CORPUS.
// usage: VKUBELET_CORPUS=FOLDER node --conditions=@vkubelet/source docs/src/write-workloads-report.mjs
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./code-blocks.ts";
import { readSources, readWorkloads, workloadsPage, workloadsPagePath } from "./workloads/index.ts";

const folder = process.env.VKUBELET_CORPUS;
if (!folder)
  throw new Error("write the page about workloads: set VKUBELET_CORPUS to the folder with manifests");
writeFileSync(
  join(root, workloadsPagePath),
  workloadsPage(await readWorkloads(folder), await readSources(folder)),
);
