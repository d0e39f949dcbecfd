import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const folder = new URL(".", import.meta.url);
const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.includes("testdata"))
  .map((file) => ({ file, text: readFileSync(new URL(file, folder), "utf8") }));

it("the shipped sources use no Node API and import nothing but the core", () => {
  expect(sources.length).toBeGreaterThan(10);
  for (const { file, text } of sources) {
    expect(text, file).not.toMatch(/\b(Buffer|process|require|setTimeout|setImmediate|fetch)\b\s*[.([]/);
    const imported = [...text.matchAll(/from "([^"]+)"/g)].map(([, specifier]) => specifier ?? "");
    const foreign = imported.filter((specifier) => !/^(\.{1,2}\/|@vkubelet\/core$)/.test(specifier));
    // Only the reader of YAML imports one, so that nothing else bundles it.
    expect(foreign, file).toEqual(file.endsWith("workloads/yaml-source.ts") ? ["yaml"] : []);
  }
});

it("the shipped sources know no clock and no chance", () => {
  for (const { file, text } of sources) expect(text, file).not.toMatch(/Date\.now|new Date\(\)|Math\.random/);
});

it("Q3: the arithmetic of quantities knows no floating point", () => {
  const quantity = sources.find(({ file }) => file === "quantity/quantity.ts")?.text ?? "";
  expect(quantity).not.toMatch(/parseFloat|Math\.(ceil|floor|round|pow)|Number\.parseFloat/);
});
