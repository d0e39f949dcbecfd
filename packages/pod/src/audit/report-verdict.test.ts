import type { Disposition, TranslationReport } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { approximationNotice, rejectionOf } from "./report-verdict.ts";

const reportOf = (disposition: Disposition, ...paths: readonly string[]): TranslationReport => ({
  entries: [
    { path: "spec.containers[0].image", disposition: "exact", reason: "" },
    ...paths.map((path) => ({ path, disposition, reason: "not here" })),
  ],
});
const many = Array.from({ length: 100 }, (_, index) => `spec.containers[${index}].tty`);

describe("rejectionOf", () => {
  it("is undefined for a pod without rejected fields", () => {
    expect(rejectionOf(reportOf("approx", "spec.hostPID"), "batch")).toBeUndefined();
  });

  it("F6: one error collects every path", () => {
    const error = rejectionOf(reportOf("reject", "spec.hostPID", "spec.containers[0].tty"), "fargate");
    expect(error?.code).toBe("InvalidInput");
    expect(error?.reason).toBe("UnsupportedFields");
    expect(error?.issues).toEqual([
      { path: "spec.hostPID", message: "not here" },
      { path: "spec.containers[0].tty", message: "not here" },
    ]);
    expect(error?.message).toBe(
      "backend fargate cannot run this pod: spec.hostPID: not here; spec.containers[0].tty: not here",
    );
  });

  it("F6, Z1: the message stays below 1024 characters and says what it leaves out", () => {
    const error = rejectionOf(reportOf("reject", ...many), "fargate");
    expect(error?.issues).toHaveLength(100);
    expect(error?.message.length).toBeLessThan(1000);
    expect(error?.message).toMatch(/^backend fargate .*spec\.containers\[0\]\.tty, .* and \d+ more$/);
    const named = error?.message.split("spec.").length ?? 0;
    expect(Number(error?.message.match(/and (\d+) more$/)?.[1]) + named - 1).toBe(100);
  });
});

describe("approximationNotice", () => {
  it("is undefined where every field is honoured exactly", () => {
    expect(approximationNotice(reportOf("exact", "spec.hostPID"))).toBeUndefined();
  });

  it("names every approximated field with its reason", () => {
    expect(approximationNotice(reportOf("approx", "spec.dnsPolicy", "spec.hostname"))).toEqual({
      type: "Normal",
      reason: "FieldsApproximated",
      message: "spec.dnsPolicy: not here; spec.hostname: not here",
    });
  });

  it("fits into an event, and says how many fields it leaves out", () => {
    const notice = approximationNotice(reportOf("approx", ...many));
    expect(notice?.message.length).toBeLessThan(1000);
    expect(notice?.message).toMatch(/^spec\.containers\[0\]\.tty, .* and \d+ more$/);
  });
});
