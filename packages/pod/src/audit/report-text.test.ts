import type { TranslationReport } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { reportLine, reportTable } from "./report-text.ts";

const report: TranslationReport = {
  entries: [
    { path: "spec.containers[0].image", disposition: "exact", reason: "" },
    { path: "spec.tolerations", disposition: "ignore", reason: "input of the scheduler" },
    { path: "spec.hostNetwork", disposition: "reject", reason: "shares a network; remove it" },
    { path: "spec.containers[0].ports", disposition: "approx", reason: "only documented" },
    { path: "spec.hostPID", disposition: "reject", reason: "no host here" },
  ],
};

describe("reportLine", () => {
  it("counts by disposition, the worst first, and leaves out what there is none of", () => {
    expect(reportLine(report)).toBe("2 rejected, 1 approximated, 1 exact, 1 ignored");
    expect(reportLine({ entries: [] })).toBe("no fields");
  });
});

describe("reportTable", () => {
  it("lists rejections, then approximations, then the rest, each in the order of the report", () => {
    expect(reportTable(report)).toBe(
      [
        "disposition  field                     reason",
        "reject       spec.hostNetwork          shares a network; remove it",
        "reject       spec.hostPID              no host here",
        "approx       spec.containers[0].ports  only documented",
        "exact        spec.containers[0].image",
        "ignore       spec.tolerations          input of the scheduler",
      ].join("\n"),
    );
  });

  it("breaks reasons at blanks to fit the width, and never a path", () => {
    const reason = "one two three four five six seven eight nine ten";
    const text = reportTable({ entries: [{ path: "spec.a", disposition: "reject", reason }] }, { width: 53 });
    expect(text).toBe(
      [
        "disposition  field   reason",
        "reject       spec.a  one two three four five six",
        "                     seven eight nine ten",
      ].join("\n"),
    );
  });

  it("puts reasons below their fields where there is no room beside them", () => {
    const path = `spec.containers[0].env[0].valueFrom.${"x".repeat(30)}`;
    const text = reportTable(
      {
        entries: [
          { path, disposition: "reject", reason: "why" },
          { path: "spec.a", disposition: "exact", reason: "" },
        ],
      },
      { width: 80 },
    );
    expect(text).toBe(
      ["disposition  field: reason", `reject       ${path}`, "             why", "exact        spec.a"].join(
        "\n",
      ),
    );
  });

  it("shows control characters instead of sending them", () => {
    const reason = "bad \u001b[2J\u009b\n";
    const text = reportTable({ entries: [{ path: "spec.a", disposition: "reject", reason }] });
    expect(text.split("\n")).toHaveLength(2);
    expect(text).toContain("bad \\u001b[2J\\u009b\\u000a");
  });

  it("is empty without entries", () => {
    expect(reportTable({ entries: [] })).toBe("");
  });
});
