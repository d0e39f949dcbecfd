import { describe, expect, it } from "vitest";
import { type PolicyRule, ruleAllows, rulesText, uncovered } from "./policy-rule.ts";

const pods = { verbs: ["get", "list"], apiGroups: [""], resources: ["pods", "*/log"] };

describe("a rule", () => {
  it.each([
    ["its verbs on its resources", { verb: "get", resource: "pods" }, true],
    ["no other verb", { verb: "watch", resource: "pods" }, false],
    ["no other group", { verb: "get", group: "apps", resource: "pods" }, false],
    ["no subresource that it does not name", { verb: "get", resource: "pods", subresource: "status" }, false],
    ["a subresource of every resource", { verb: "get", resource: "pods", subresource: "log" }, true],
    ["no path", { verb: "get", path: "/version" }, false],
  ] as const)("allows %s", (_title, attributes, allowed) => {
    expect(ruleAllows(pods, attributes)).toBe(allowed);
  });

  it("allows only the names that it has, and the paths below its own", () => {
    const named = { ...pods, resourceNames: ["a"] };
    expect(ruleAllows(named, { verb: "get", resource: "pods", name: "a" })).toBe(true);
    expect(ruleAllows(named, { verb: "get", resource: "pods" })).toBe(false);
    const paths = { verbs: ["*"], nonResourceURLs: ["/api/*"] };
    expect(ruleAllows(paths, { verb: "get", path: "/api/v1" })).toBe(true);
    expect(ruleAllows(paths, { verb: "get", path: "/apis" })).toBe(false);
  });
});

describe("what rules do not cover", () => {
  const missing = (owned: PolicyRule[], wanted: PolicyRule) => rulesText(uncovered(owned, [wanted]));

  it("is said a line for each resource, with all verbs that are missing", () => {
    const wanted = { verbs: ["get", "watch", "delete"], apiGroups: [""], resources: ["pods", "secrets"] };
    expect(missing([pods], wanted)).toBe(
      [
        '{APIGroups:[""], Resources:["pods"], Verbs:["watch" "delete"]}',
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "watch" "delete"]}',
      ].join("\n"),
    );
  });

  it("counts a right to some names for nothing where all are wanted", () => {
    const named = { ...pods, resourceNames: ["a"] };
    expect(missing([pods], { ...named, verbs: ["get"] })).toBe("");
    expect(missing([named], { verbs: ["get"], apiGroups: [""], resources: ["pods"] })).toBe(
      '{APIGroups:[""], Resources:["pods"], Verbs:["get"]}',
    );
  });

  it("holds for paths as well", () => {
    const wanted = { verbs: ["get"], nonResourceURLs: ["/a/b", "/c"] };
    expect(missing([{ verbs: ["*"], nonResourceURLs: ["/a/*"] }], wanted)).toBe(
      '{NonResourceURLs:["/c"], Verbs:["get"]}',
    );
  });
});
