import { describe, expect, it } from "vitest";
import { checkFieldLabels, matchesFields, parseFieldSelector } from "./field-selector.ts";
import { matchesRequirements, parseLabelSelector, selectsLabels } from "./label-selector.ts";

const labels = { app: "web", tier: "front", size: "3" };

describe("label selectors", () => {
  it.each([
    ["app=web", true],
    ["app==web,tier!=back", true],
    ["app in (api, web)", true],
    ["app notin (web)", false],
    ["missing notin (x)", true],
    ["missing!=x", true],
    ["tier", true],
    ["!tier", false],
    ["size>2", true],
    ["size<3", false],
    ["", true],
  ])("%s", (text, expected) => {
    expect(matchesRequirements(parseLabelSelector(text), labels)).toBe(expected);
  });

  it.each(["a b c", "a in b", "=x", "a=b,,c", "!a=b"])("refuses %j", (text) => {
    expect(() => parseLabelSelector(text)).toThrow(expect.objectContaining({ code: 400 }));
  });

  it("selects nothing without a selector and everything with an empty one", () => {
    expect(selectsLabels(undefined, labels)).toBe(false);
    expect(selectsLabels({}, labels)).toBe(true);
  });

  it("does not take inherited properties for labels", () => {
    expect(matchesRequirements(parseLabelSelector("constructor"), labels)).toBe(false);
  });
});

describe("field selectors", () => {
  const fields = { "metadata.name": "a,b", "status.phase": "Running" };

  it("compares equal and unequal, with escapes", () => {
    const requirements = parseFieldSelector("metadata.name=a\\,b,status.phase!=Failed");
    expect(matchesFields(requirements, fields)).toBe(true);
    expect(matchesFields(parseFieldSelector("status.phase==Failed"), fields)).toBe(false);
  });

  it("refuses fields that cannot be selected", () => {
    const requirements = parseFieldSelector("spec.foo=x");
    expect(() => checkFieldLabels(requirements, fields)).toThrow("field label not supported: spec.foo");
  });
});
