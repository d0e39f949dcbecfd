import { expect, it } from "vitest";
import { translationDocument } from "./translation-document.ts";
import { defineTranslator } from "./translator.ts";

const translator = defineTranslator<object, readonly object[]>({
  backend: "toy",
  support: () => [],
  map: () => [],
  operations: (inputs) => inputs.map((input) => ({ operation: "Run", input })),
});
const source = { kind: "Job", namespace: "shop", name: "work", uid: "not shown" };
const entries = [{ path: "spec.a", disposition: "exact", reason: "" }] as const;

it("holds the calls as they go over the wire, and the report", () => {
  const requests = [{ bytes: new Uint8Array([1]), count: 2n, none: undefined }];
  expect(translationDocument(translator, source, { requests, report: { entries } })).toEqual({
    source: { kind: "Job", namespace: "shop", name: "work" },
    requests: [{ operation: "Run", input: { bytes: "AQ==", count: 2n } }],
    report: { entries },
  });
});

it("has no requests where something is rejected", () => {
  expect(translationDocument(translator, source, { report: { entries: [] } }).requests).toEqual([]);
});

it("names the operation whose input has no form in JSON", () => {
  const requests = [{ at: new Date(0) }];
  expect(() => translationDocument(translator, source, { requests, report: { entries } })).toThrow("Run.at");
});
