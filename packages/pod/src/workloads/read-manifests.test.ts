import { expect, it } from "vitest";
import { readManifests } from "./read-manifests.ts";

const objects = (text: string) => readManifests(text).documents.map(({ object }) => object);
const problems = (text: string) =>
  readManifests(text).issues.map(
    ({ document, line, column, path, message }) => `${document} ${line}:${column} ${path} ${message}`,
  );

it("reads a stream of YAML, passes over empty documents and counts the others", () => {
  const text = "# first\n---\na: 1\n---\n\n--- # remark\n# nothing\n---\nb: [2]\n";
  const { documents, issues } = readManifests(text);
  expect(issues).toEqual([]);
  expect(documents.map(({ index, object }) => [index, object])).toEqual([
    [0, { a: 1 }],
    [1, { b: [2] }],
  ]);
});

it("reads JSON, one object after the other, tabs and all", () => {
  expect(objects('{"a":\t1}\n{"b": "\\u00e9\\/"}')).toEqual([{ a: 1 }, { b: "é/" }]);
  expect(objects('{"a": 1}\n---\nb: 2')).toEqual([{ a: 1 }, { b: 2 }]);
  expect(objects("{a: 1}")).toEqual([{ a: 1 }]);
});

it("scalars are what kubectl makes of them", () => {
  const text =
    "a: yes\nb: on\nc: 0644\nd: 1_000\ne: 'yes'\nf: 2001-01-01\ng: ~\nh: 0o17\ni: 1e3\nj: 08\non: n\n1.10: x";
  expect(objects(text)).toEqual([
    {
      a: true,
      b: true,
      c: 420,
      d: 1000,
      e: "yes",
      f: "2001-01-01",
      g: null,
      h: 15,
      i: 1000,
      j: 8,
      true: false,
      1.1: "x",
    },
  ]);
});

it("names keys that stand twice, everywhere and at once, with the last one counting", () => {
  const text = "a: 1\nb:\n  c: 1\n  c: 2\na: 3\n";
  expect(objects(text)).toEqual([{ a: 3, b: { c: 2 } }]);
  expect(problems(text)).toEqual([
    '0 4:3 b.c key "c" stands here more than once: only the last one counts',
    '0 5:1 a key "a" stands here more than once: only the last one counts',
  ]);
  expect(problems('{"a": 1,\n "a": 2}')).toEqual([
    '0 2:2 a key "a" stands here more than once: only the last one counts',
  ]);
});

it("__proto__ never gets in", () => {
  for (const text of ["__proto__: {polluted: 1}\na: 1", '{"__proto__": {"polluted": 1}, "a": 1}']) {
    const [object] = objects(text);
    expect(object).toEqual({ a: 1 });
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(problems(text)).toEqual([expect.stringContaining("__proto__")]);
  }
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

it("aliases and merges are resolved, in time that is bounded", () => {
  expect(objects("w: &x {a: 1, b: 2}\nx: *x\nz: {<<: *x, b: 3}")).toEqual([
    { w: { a: 1, b: 2 }, x: { a: 1, b: 2 }, z: { a: 1, b: 3 } },
  ]);
  const bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < 12; level++) {
    bomb.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(", ")}]`,
    );
  }
  expect(objects(bomb.join("\n"))).toEqual([]);
  expect(problems(bomb.join("\n"))).toEqual(["0 1:1  repeats itself by aliases beyond measure"]);
  expect(problems("a: &a [*a]\nb: *none")).toEqual([
    "0 1:8 a[0] alias *a stands within its own anchor",
    "0 2:4 b alias *none has no anchor before it",
  ]);
});

it("what cannot be read is named with its place, and the other documents are read", () => {
  const text = "a: [1\n---\nb: 1\n---\n- 1\n---\n\tc: 1\n--- d: 1\n";
  const { documents, issues } = readManifests(text);
  expect(documents.map(({ object }) => object)).toEqual([{ b: 1 }]);
  expect(issues.map(({ document }) => document)).toEqual(expect.arrayContaining([0, 2, 3]));
});

it("depth is bounded, in YAML and in JSON", () => {
  for (const text of ["[".repeat(5_000), "- ".repeat(5_000), '{"a":'.repeat(5_000)]) {
    expect(objects(text)).toEqual([]);
    expect(problems(text).length).toBeGreaterThan(0);
  }
});

it("the form of known kinds is checked, each issue with the place of the field or of the object that lacks it", () => {
  const pod = ["apiVersion: v1", "kind: Pod", "spec:", "  containers:", "    - image: 7", "      imagee: b"];
  expect(problems(pod.join("\n"))).toEqual([
    expect.stringMatching(/^0 5:7 spec.containers\[0\].* is missing|^0 5:7 spec.containers\[0\]/),
    expect.stringMatching(/^0 5:7 spec.containers\[0\]/),
    expect.stringMatching(/^0 6:7 spec.containers\[0\].imagee/),
  ]);
  const list = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  data: 7\n- 1\n";
  expect(problems(list)).toEqual([
    expect.stringMatching(/^0 6:3 items\[0\].data/),
    expect.stringMatching(/^0 7:3 items\[1\] is no object/),
  ]);
});

it("a document whose content is in doubt is dropped, the others stay", () => {
  for (const doubt of ["a: .inf", "a: 12345678901234567890", "~: a", "a: *b", "%YAML 1.1", "[a]: 1"]) {
    const { documents, issues } = readManifests(`${doubt}\n---\nb: 1`);
    expect(documents.map(({ object }) => object)).toEqual([{ b: 1 }]);
    expect(issues.length).toBeGreaterThan(0);
  }
});

it("no message shows a value", () => {
  for (const text of ['a: "hunter2', "a: hunter2: x", "hunter2\n  }", "]hunter2", '{"a": hunter2}']) {
    for (const { message } of readManifests(text).issues) expect(message).not.toContain("hunter2");
  }
});

it.each([
  ["between documents", `${"]".repeat(1000)}\n---\nb: 1\n---\nc: 1`],
  ["within the syntax", "{a: b}}".repeat(2000)],
  ["within keys", "a: 1\n".repeat(2000)],
  ["within scalars", `[${"!!int x,".repeat(2000)}]`],
  ["within directives", "%x\n".repeat(2000)],
  ["between ends of documents", "a: 1\n...\n".repeat(2000)],
  ["within pods", `${"---\napiVersion: v1\nkind: Pod\nspec: {containers: [{nam: x}]}\n".repeat(2000)}`],
])("after a thousand issues the rest is left unread, and that is said: %s", (_, text) => {
  const { documents, issues } = readManifests(text);
  expect(documents.length).toBeLessThan(1000);
  expect(issues).toHaveLength(1001);
  expect(issues.at(-1)).toMatchObject({ path: "", message: expect.stringContaining("too many issues") });
});

it("texts and documents beyond the limits are named, not read", () => {
  expect(problems(" ".repeat(16 * 1024 * 1024 + 1))).toEqual([expect.stringContaining("16 Mi")]);
  expect(problems(`b: 1\n---\n${" ".repeat(1.6 * 1024 * 1024)}`)).toEqual([
    expect.stringContaining("1.5 Mi"),
  ]);
});
