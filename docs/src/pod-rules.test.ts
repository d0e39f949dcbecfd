import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { rulesPage, ruleTests } from "./pod-rules.ts";

const tests = ruleTests(fileURLToPath(new URL("../../", import.meta.url)));

it("docs/pod-rules.md names the tests that there are; renew it with node docs/src/write-pod-rules.mjs", () => {
  expect(readFileSync(new URL("../pod-rules.md", import.meta.url), "utf8")).toBe(rulesPage(tests));
});

it("finds rules in titles of every form", () => {
  const rules = new Set(tests.map(({ rule }) => rule));
  expect(rules.size).toBeGreaterThan(120);
  for (const rule of ["Q1", "E6", "Z2", "Z3"]) expect(rules).toContain(rule);
});
