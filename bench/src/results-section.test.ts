import { expect, it } from "vitest";
import { withSection } from "./results-section.ts";

const page = "# Page\n\n<!-- results -->\n\nold\n\n<!-- end of results -->\n\nAfter.\n";

it("a section gets another text, and what stands around it stays", () => {
  const text = "| new |\n";
  expect(withSection(page, "PAGE.md", "results", text)).toBe(
    "# Page\n\n<!-- results -->\n\n| new |\n\n<!-- end of results -->\n\nAfter.\n",
  );
});

it("writing the same again changes nothing", () => {
  const once = withSection(page, "PAGE.md", "results", "new\n");
  expect(withSection(once, "PAGE.md", "results", "new\n")).toBe(once);
});

it("a page without the section is an error that names both", () => {
  expect(() => withSection(page, "PAGE.md", "figures", "")).toThrow(
    "write the figures: PAGE.md has no such section",
  );
});

it("marks in the wrong order are no section", () => {
  const turned = "<!-- end of results -->\n<!-- results -->\n";
  expect(() => withSection(turned, "PAGE.md", "results", "")).toThrow("no such section");
});
