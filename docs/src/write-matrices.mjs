// Writes docs/matrices, the pages of what each backend makes of every field, from the tables of the translators.
// usage: node --conditions=@vkubelet/source docs/src/write-matrices.mjs
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./code-blocks.ts";
import { matrixPages } from "./matrices/matrix-pages.ts";

mkdirSync(join(root, "docs/matrices"), { recursive: true });
for (const [path, text] of matrixPages()) writeFileSync(join(root, path), text);
