import { expect, it } from "vitest";
import { imagePullPolicyOf } from "./image-pull-policy.ts";

it("U5: Always for latest or no tag, else IfNotPresent; what is set stays", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const cases: [string, string][] = [
    ["app", "Always"],
    ["app:latest", "Always"],
    ["app:1", "IfNotPresent"],
    ["registry:5000/app", "Always"],
    ["registry:5000/app:2", "IfNotPresent"],
    [`app@${digest}`, "IfNotPresent"],
    [`app:1@${digest}`, "IfNotPresent"],
    ["", "IfNotPresent"],
  ];
  for (const [image, policy] of cases) expect(imagePullPolicyOf({ name: "c", image }), image).toBe(policy);
  expect(imagePullPolicyOf({ name: "c" })).toBe("IfNotPresent");
  expect(imagePullPolicyOf({ name: "c", image: "app", imagePullPolicy: "Never" })).toBe("Never");
});
