import { expect, it } from "vitest";
import { markdownTable } from "./markdown-table.ts";

it("columns are as wide as their widest cell, and cells that are missing are empty", () => {
  const table = markdownTable([["what", "figure"], ["pods started", "3"], ["short"]]);
  expect(table).toBe(
    [
      "| what         | figure |",
      "| ------------ | ------ |",
      "| pods started | 3      |",
      "| short        |        |",
      "",
    ].join("\n"),
  );
});
