// Writes the list of the cases into docs/contract.md, from the cases of @vkubelet/testing.
// usage: node --conditions=@vkubelet/source docs/src/write-contract.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./code-blocks.ts";
import { withContractCases } from "./contract-page.ts";

const file = join(root, "docs/contract.md");
writeFileSync(file, withContractCases(readFileSync(file, "utf8")));
