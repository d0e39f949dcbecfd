import { readFileSync } from "node:fs";
import type { Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { type PodUpdateTarget, updateIssues } from "./pod-update.ts";

interface Vector {
  readonly before: Pod;
  readonly after: Pod;
  readonly subresource: "" | "resize" | "ephemeralcontainers";
  readonly changes: readonly string[];
  readonly legal: boolean;
  /** The API server's first objection. */
  readonly why: string;
}

// What the API server's own validation says; testdata/kubernetes/README.md tells how the cases were made.
const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../testdata/kubernetes/update-vectors.json", import.meta.url), "utf8"),
);

describe("updateIssues", () => {
  it.each(["pod", "resize", "ephemeralcontainers"] as const)(
    "U2: judges random changes through %s as the API server does",
    (target: PodUpdateTarget) => {
      const cases = vectors.filter(({ subresource }) => (subresource || "pod") === target);
      expect(cases.length).toBeGreaterThan(15);
      for (const { before, after, legal, changes, why } of cases) {
        const issues = updateIssues(before, after, target);
        expect({ changes, why, issues, legal: issues.length === 0 }).toEqual({ changes, why, issues, legal });
      }
    },
  );
});
