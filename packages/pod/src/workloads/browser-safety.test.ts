import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const folder = new URL(".", import.meta.url);
const sources = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => ({ file, text: readFileSync(new URL(file, folder), "utf8") }));

it("the shipped sources use no Node API, no clock and no chance", () => {
  expect(sources.length).toBeGreaterThan(10);
  for (const { file, text } of sources) {
    expect(text, file).not.toMatch(/\b(Buffer|process|require|setTimeout|setImmediate|fetch)\b\s*[.([]/);
    expect(text, file).not.toMatch(/Date\.now|new Date\(\)|Math\.random/);
  }
});

it("only the reader of YAML imports one, so that nothing else bundles it", () => {
  for (const { file, text } of sources) {
    const imported = [...text.matchAll(/from "([^"]+)"/g)].map(([, specifier]) => specifier ?? "");
    const allowed = /^(\.\.?\/[a-z-]+\.ts|\.\.\/schema\/[a-z-]+\.ts|@vkubelet\/core)$/;
    const foreign = imported.filter((specifier) => !allowed.test(specifier));
    expect(foreign, file).toEqual(file === "yaml-source.ts" ? ["yaml"] : []);
  }
});
