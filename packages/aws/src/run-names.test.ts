import { describe, expect, it } from "vitest";
import { identityEnvironment, nodeKey, readIdentity, uidKey } from "./run-names.ts";

const ref = { namespace: "default", name: "web", uid: "5d3c1c52-0000-4000-8000-000000000001" };

describe("identity in the environment", () => {
  it("reads back what it wrote, among other variables", () => {
    const entries = [{ name: "A", value: "1" }, ...identityEnvironment(ref, 3)];
    expect(readIdentity(entries)).toEqual({ ref, attempt: 3 });
  });

  it("gives nothing for an incomplete or malformed identity", () => {
    expect(readIdentity(identityEnvironment(ref, 0).slice(1))).toBeUndefined();
    expect(readIdentity([...identityEnvironment(ref, 0), { name: "VKUBELET_ATTEMPT", value: "x" }])).toBe(
      undefined,
    );
  });
});

describe("names", () => {
  it("keeps node names apart within the allowed characters", () => {
    expect(nodeKey("fargate.example.com")).toBe("fargate_example_com");
    const long = nodeKey("n".repeat(200));
    expect(long).toHaveLength(64);
    expect(long).not.toBe(nodeKey("n".repeat(201)));
  });

  it("keeps UUIDs and hashes anything else", () => {
    expect(uidKey(ref.uid)).toBe(ref.uid);
    expect(uidKey("A/B")).toMatch(/^[0-9a-f]{40}$/);
  });
});
