import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readManifests } from "@vkubelet/pod/workloads";
import { type ControlPlane, peerOrSkip, startControlPlane } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { corpusIsAbsent, corpusOrSkip } from "./corpus-folder.ts";

type Json = Record<string, unknown>;

const corpus = corpusOrSkip() ?? "";

const head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: d}\ndata:\n";
const config = (...lines: readonly string[]) => head + lines.map((line) => `  ${line}\n`).join("");
const json = (name: string) =>
  `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}"},\t"data":{"a":"\\u00e9"}}`;

const scalars = [
  ...[
    "yes",
    "on",
    "N",
    "y",
    "off",
    "True",
    "~",
    "null",
    '"on"',
    "''",
    "2001-01-01",
    "1:30",
    "_1",
    "0x",
    ".e3",
  ],
  ...["0644", "0o17", "0x1F", "0b11", "08", "1_000", "1__0", "-0", "+5", "9007199254740991", "1e999"],
  ...["1e3", ".5", "-.5", "1.", "12e03", "0.1e-5", "1.10"],
  ...["!!str 5", '!!int "5"', "!!float 3", "!!bool yes", "!!binary aGk=", "!foo bar", '! "5"', "! 5"],
];
const keys = ["on", "1", "1.10", "1e6", "0644", "1234567.5", "0.00001", "2001-01-01", '"yes"', "No"];
const blocks = [
  "a: |",
  "    x",
  "     y",
  "",
  "    z",
  "b: >-",
  "    one",
  "    two",
  "",
  "    three",
  "c: 'it''s'",
];

const accepted: Readonly<Record<string, string>> = {
  scalars: config(...scalars.map((scalar, index) => `k${index}: ${scalar}`)),
  keys: config(...keys.map((key, index) => `${key}: v${index}`)),
  "block texts": config(...blocks),
  "line breaks of Windows": config(...blocks).replaceAll("\n", "\r\n"),
  "a byte order mark": `\ufeff${config("a: b")}`,
  "a key that stands twice": config("a: x", "a: z"),
  merges: `${config("a: x")}b: &b {p: 1, q: 2}\nc: {p: 0, <<: *b}\nd: {<<: *b, p: 3}\ne: {<<: [*b, {p: 7, r: 8}]}\n`,
  "anchors set again": config("a: &x v", "b: *x", "c: &x w", "d: *x"),
  separators: `---\n${config("a: b")}--- # remark\n${config("a: c")}---\n---\n`,
  "the end of a document": `${config("a: b")}...\n`,
  "JSON, one after the other": `${json("a")}\n${json("b")}`,
  "JSON, then YAML": `${json("a")}\n---\n${config("a: b")}`,
  "flow style": `{apiVersion: v1, kind: ConfigMap, metadata: {name: m}, data: {a: "b", c: 'd', "e":f, g}}`,
  "a List": `apiVersion: v1\nkind: List\nitems:\n- ${json("a").replace("\t", " ")}\n- ${json("b").replace("\t", " ")}\n`,
};

const refused: Readonly<Record<string, string>> = {
  "a tab as indentation": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: m\n",
  "a directive": `%YAML 1.1\n---\n${config("a: yes")}`,
  "a list": "- a\n- b\n",
  "a text": "hello\n",
  "a key that is null": config("~: a"),
  "a key that is a list": config("[a]: b"),
  "an alias within its anchor": config("a: &a [*a]"),
  "an alias without anchor": config("a: *b"),
  infinity: config("a: .inf"),
  "a map in a line": config("a: b: c"),
  "a text that does not end": config('a: "b'),
  "a reserved character": config("a: @b"),
  "a separator with content": `${config("a: b")}--- x\n`,
};

describe.runIf(await peerOrSkip("kubernetes"))("manifests mean what they mean to kubectl", async () => {
  let controlPlane: ControlPlane;
  beforeAll(async () => {
    controlPlane = await startControlPlane({ controllerManager: false, scheduler: false });
  });
  afterAll(() => controlPlane?.stop());

  const kubectlReads = (input: string) => {
    const args = ["create", "--dry-run=client", "--validate=false", "-o", "json", "-f", "-"];
    return controlPlane.kubectl(args, { input });
  };

  /** kubectl writes a namespace where there is none, and shows the objects of a List one by one. */
  const objectsOf = (text: string) =>
    readManifests(text)
      .documents.flatMap(({ object }) => (object["kind"] === "List" ? (object["items"] as Json[]) : [object]))
      .map((object) => ({ ...object, metadata: { ...(object["metadata"] as Json), namespace: undefined } }));

  const expectSame = async (text: string) => {
    const { stdout, stderr } = await kubectlReads(text);
    expect(stderr).not.toMatch(/^error/m);
    expect(objectsOf(text)).toEqual(objectsOf(stdout));
  };

  it.each(Object.entries(accepted))("%s", (_name, text) => expectSame(text));

  it.each(Object.entries(refused))("refused by both: %s", async (_name, text) => {
    expect((await kubectlReads(text)).stderr).toMatch(/^error/m);
    expect(readManifests(text).issues.length).toBeGreaterThan(0);
  });

  if (corpusIsAbsent) return;
  it.runIf(corpus !== "")("every file of the corpus", async () => {
    for await (const file of glob("**/*.yaml", { cwd: corpus })) {
      await expectSame(await readFile(join(corpus, file), "utf8"));
    }
  });
});
