import { readFileSync } from "node:fs";
import { join } from "node:path";
import { contractCases } from "@vkubelet/testing";
import { expect, it } from "vitest";
import { root } from "./code-blocks.ts";
import { withContractCases } from "./contract-page.ts";

const page = readFileSync(join(root, "docs/contract.md"), "utf8");

it("docs/contract.md has the cases that there are; renew it with node --conditions=@vkubelet/source docs/src/write-contract.mjs", () => {
  expect(page).toBe(withContractCases(page));
});

it("names every case once", () => {
  for (const { id } of contractCases) expect(page.split(`- \`${id}\`:`)).toHaveLength(2);
});

it("needs a place for the cases", () => {
  expect(() => withContractCases("# Another page\n")).toThrow(/no place for the cases/);
});
