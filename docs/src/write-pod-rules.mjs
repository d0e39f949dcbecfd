// Writes docs/pod-rules.md from the titles of the tests: node docs/src/write-pod-rules.mjs
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rulesPage, ruleTests } from "./pod-rules.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
writeFileSync(new URL("../pod-rules.md", import.meta.url), rulesPage(ruleTests(root)));
