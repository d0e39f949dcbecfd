import { describe, expect, it } from "vitest";
import { isQualifiedName, matchesSelector, meetsRequirement, parseInt64 } from "./label-requirement.ts";

const labels = { zone: "a", size: "5", big: "x" };

describe("meetsRequirement", () => {
  it.each([
    ["zone", "In", ["a", "b"], true],
    ["zone", "In", ["b"], false],
    ["gone", "In", ["a"], false],
    ["zone", "NotIn", ["a"], false],
    ["gone", "NotIn", ["a"], true],
    ["zone", "Exists", [], true],
    ["gone", "Exists", [], false],
    ["zone", "DoesNotExist", [], false],
    ["gone", "DoesNotExist", [], true],
    ["size", "Gt", ["4"], true],
    ["size", "Gt", ["5"], false],
    ["size", "Lt", ["6"], true],
    ["size", "Lt", ["05"], false],
    ["big", "Gt", ["4"], false],
    ["gone", "Lt", ["4"], false],
    ["toString", "Exists", [], false],
  ])("Y2: %s %s %j is %s", (key, operator, values, expected) => {
    expect(meetsRequirement(labels, { key, operator, values })).toBe(expected);
  });

  it.each([
    ["zone", "Like", ["a"]],
    ["zone", "In", []],
    ["zone", "Exists", ["a"]],
    ["size", "Gt", ["1", "2"]],
    ["size", "Gt", ["x"]],
    ["size", "Gt", ["+4"]],
    ["zone", "NotIn", ["-a"]],
    ["zone", "In", ["a".repeat(64)]],
    ["a b", "Exists", []],
  ])("Y2: %s %s %j is no requirement", (key, operator, values) => {
    expect(meetsRequirement(labels, { key, operator, values })).toBeUndefined();
  });
});

describe("matchesSelector", () => {
  it("Y2: none matches nothing, an empty one everything, a wrong one nothing", () => {
    expect(matchesSelector(labels, undefined)).toBe(false);
    expect(matchesSelector(labels, {})).toBe(true);
    expect(matchesSelector(labels, { matchLabels: { zone: "a" } })).toBe(true);
    expect(matchesSelector(labels, { matchLabels: { zone: "b" } })).toBe(false);
    const expression = (operator: string, values: string[]) => ({
      matchExpressions: [{ key: "size", operator, values }],
    });
    expect(matchesSelector(labels, expression("In", ["5"]))).toBe(true);
    expect(matchesSelector(labels, expression("Gt", ["4"]))).toBe(false);
    expect(matchesSelector(labels, expression("In", []))).toBe(false);
  });
});

describe("parseInt64", () => {
  it("reads what fits in 64 bits and nothing else", () => {
    expect(parseInt64("+7")).toBe(7n);
    expect(parseInt64("-9223372036854775808")).toBe(-(2n ** 63n));
    expect(parseInt64("9223372036854775808")).toBeUndefined();
    expect(parseInt64("1.0")).toBeUndefined();
    expect(parseInt64("")).toBeUndefined();
  });
});

describe("isQualifiedName", () => {
  it("takes a name with or without the DNS name of its owner", () => {
    expect(["a", "a.b_c-d", "example.com/a"].every(isQualifiedName)).toBe(true);
    expect(["", "-a", "a/", "/a", "A.com/a", "a/b/c", "a".repeat(64)].some(isQualifiedName)).toBe(false);
  });
});
