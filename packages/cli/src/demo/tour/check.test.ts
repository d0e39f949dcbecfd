import { describe, expect, it } from "vitest";
import { CheckError, check } from "./check.ts";

describe("check", () => {
  it("takes equal values, whatever the order of their fields", () => {
    check("facts", { a: 1, b: [true, { c: "x", d: null }] }, { b: [true, { d: null, c: "x" }], a: 1 });
  });

  it("says what was expected and what was seen", () => {
    const attempt = () => check("exit codes", [3], [3, 3]);
    expect(attempt).toThrow(CheckError);
    expect(attempt).toThrow("exit codes: expected [3,3], seen [3]");
  });

  it("tells absence from everything else", () => {
    expect(() => check("phase", undefined, "Running")).toThrow('phase: expected "Running", seen undefined');
  });
});
