import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { toyTranslator } from "../testdata/toy-translator.ts";
import { goldenBackend, goldenCases, goldenVariable } from "./golden-cases.ts";

const pod = (image: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: "${image}"}]}\n`;
const backends = { toy: goldenBackend(toyTranslator, { largestPort: 1000 }) };

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "vkubelet-golden-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("goldenCases", () => {
  it("compares each manifest and backend with its file, in the form of `vkubelet translate`", () => {
    const folder = folderWith({ "b.yaml": pod("b:1"), "a.yaml": pod("a:1"), "note.txt": "" });
    const suite = goldenCases(folder, { backends });
    expect(suite.cases.map(({ name }) => name)).toEqual(["a.yaml → toy", "b.yaml → toy"]);
    for (const { check, file, actual } of suite.cases) {
      expect(() => check("none")).toThrow(`${file} is missing: run the tests with UPDATE_GOLDEN=1`);
      check("new");
      check("none");
      expect(readFileSync(file, "utf8")).toBe(actual());
    }
    expect(JSON.parse(readFileSync(join(folder, "a.toy.json"), "utf8"))).toMatchObject([
      {
        source: { kind: "Pod", namespace: "default", name: "p" },
        requests: [{ operation: "Run", input: { image: "a:1" } }],
        report: { entries: expect.any(Array) },
      },
    ]);
  });

  it("fails where the translation differs, until all files are written", () => {
    const folder = folderWith({ "a.yaml": pod("a:1") });
    const suite = goldenCases(folder, { backends });
    const [first] = suite.cases;
    first?.check("all");
    writeFileSync(join(folder, "a.yaml"), pod("a:2"));
    for (const update of ["none", "new"] as const) {
      expect(() => first?.check(update)).toThrow(
        expect.objectContaining({
          name: "AssertionError",
          message: expect.stringContaining("differs"),
          expected: expect.stringContaining("a:1"),
          actual: expect.stringContaining("a:2"),
        }),
      );
    }
    first?.check("all");
    first?.check("none");
  });

  it("finds files whose manifest is gone, and removes them when all are written", () => {
    const folder = folderWith({ "a.yaml": pod("a:1"), "gone.toy.json": "[]\n", "other.json": "{}" });
    const suite = goldenCases(folder, { backends });
    expect(suite.extra()).toEqual([join(folder, "gone.toy.json")]);
    expect(() => suite.checkExtra("new")).toThrow(/no manifest belongs to .*gone\.toy\.json/);
    suite.checkExtra("all");
    suite.checkExtra("none");
    expect(existsSync(join(folder, "other.json"))).toBe(true);
  });

  it("writes when the environment says so", () => {
    const suite = goldenCases(folderWith({ "a.yaml": pod("a:1") }), { backends });
    vi.stubEnv(goldenVariable, "1");
    for (const { check } of suite.cases) check();
    vi.unstubAllEnvs();
    for (const { check } of suite.cases) check();
  });

  it("fails for a rejected workload where all must be accepted, and writes nothing", () => {
    const folder = folderWith({
      "a.yaml": pod("a:1").replace("{name: c,", "{name: c, readinessProbe: {exec: {command: [x]}},"),
    });
    const strict = goldenCases(pathToFileURL(folder), { backends, mustBeAccepted: true });
    expect(() => strict.cases[0]?.check("all")).toThrow(
      /Pod default\/p cannot run on toy: .*\n\ndisposition.*\nreject +spec\.containers\[0\]\.readinessProbe/,
    );
    expect(strict.cases[0]?.expected()).toBeUndefined();
    goldenCases(folder, { backends }).cases[0]?.check("all");
  });

  it("never succeeds by finding nothing", () => {
    expect(() => goldenCases(folderWith({}), { backends })).toThrow("holds no manifest that matches *.yaml");
    const folder = folderWith({ "a.yaml": "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n" });
    expect(() => goldenCases(folder, { backends }).cases[0]?.check("all")).toThrow("nothing that makes pods");
    const broken = folderWith({ "a.yaml": "a: [\n" });
    expect(() => goldenCases(broken, { backends }).cases[0]?.check("all")).toThrow(/a\.yaml:\d:\d: .*YAML/);
    const same = folderWith({ "a.yaml": pod("a:1"), "a.yml": pod("a:1") });
    expect(() => goldenCases(same, { input: "*.{yaml,yml}", backends })).toThrow("of two manifests");
  });
});
