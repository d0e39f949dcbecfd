import type { TranslationReport } from "@vkubelet/core";
import { expect, it } from "vitest";
import { withApproximation, withIssues } from "./report-issues.ts";

const report: TranslationReport = {
  entries: [
    { path: "spec.a", disposition: "exact", reason: "" },
    { path: "spec.b", disposition: "reject", reason: "no" },
  ],
};

it("puts an issue in place of the entry it concerns, and others at the end", () => {
  const merged = withIssues(report, [
    { path: "spec.a", message: "too big" },
    { path: "spec.b", message: "also" },
    { path: "spec.c", message: "one" },
    { path: "spec.c", message: "two" },
  ]);
  expect(merged.entries).toEqual([
    { path: "spec.a", disposition: "reject", reason: "too big" },
    { path: "spec.b", disposition: "reject", reason: "no" },
    { path: "spec.c", disposition: "reject", reason: "one; two" },
  ]);
});

it("lets a rejected field speak for everything below it", () => {
  const merged = withIssues(report, [
    { path: "spec.b.name", message: "below" },
    { path: "spec.b[0]", message: "below" },
    { path: "spec.bc", message: "beside" },
  ]);
  expect(merged.entries.slice(2)).toEqual([{ path: "spec.bc", disposition: "reject", reason: "beside" }]);
});

it("adds an approximation only to what is not rejected", () => {
  expect(withApproximation(report, "spec.b", "close")).toBe(report);
  expect(withApproximation(report, "spec.c", "close").entries).toHaveLength(3);
});

it("puts an approximation in the place of an entry that calls the field exact", () => {
  const entries = [
    { path: "spec.a", disposition: "exact", reason: "" },
    { path: "spec.b", disposition: "exact", reason: "" },
  ] as const;
  expect(withApproximation({ entries }, "spec.a", "close").entries).toEqual([
    { path: "spec.a", disposition: "approx", reason: "close" },
    entries[1],
  ]);
});
