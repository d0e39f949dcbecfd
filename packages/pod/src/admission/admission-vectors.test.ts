import { readFileSync } from "node:fs";
import type { Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { admitPod } from "./admission.ts";
import { preferredNodeScore } from "./node-affinity.ts";
import { insufficientResources } from "./node-resources.ts";
import { isCriticalPod, isMirrorPod, isStaticPod } from "./pod-source.ts";
import type { NodeForAdmission } from "./scheduling-fields.ts";

interface Vector {
  readonly pod: Pod;
  readonly node: NodeForAdmission;
  readonly others: readonly Pod[];
  /** Of the preferred node affinity; -1: there is none, or it holds something wrong. */
  readonly score: number;
  readonly critical: boolean;
  readonly static: boolean;
  readonly mirror: boolean;
  readonly reason?: string;
  readonly message?: string;
}

// What the kubelet's own admission says; testdata/kubernetes/README.md tells how the cases were made.
const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../testdata/kubernetes/admission-vectors.json", import.meta.url), "utf8"),
);

const ordered = ["OutOfpods", "OutOfcpu", "OutOfmemory", "OutOfephemeral-storage"];

describe("admitPod", () => {
  it("Y2: says of random pods and nodes what the kubelet says, word for word", () => {
    expect(vectors.length).toBeGreaterThan(100);
    for (const [index, { pod, node, others, reason, message }] of vectors.entries()) {
      const ours = admitPod(pod, node, others);
      const theirs = reason === undefined ? { admitted: true } : { admitted: false, reason, message };
      // Of several resources without a place in the order the kubelet names any.
      const unordered = insufficientResources(pod, node, others)
        .map(({ resource }) => `OutOf${resource}`)
        .filter((name) => !ordered.includes(name));
      const alike = !ours.admitted && unordered.includes(ours.reason) && unordered.includes(reason ?? "");
      if (!alike) expect({ index, ...ours }).toEqual({ index, ...theirs });
    }
  });

  it("Y2: scores preferred node affinity as the scheduler does", () => {
    const scored = vectors.filter(({ score }) => score >= 0);
    expect(scored.length).toBeGreaterThan(20);
    expect(scored.map(({ pod, node }) => preferredNodeScore(pod, node))).toEqual(
      scored.map(({ score }) => score),
    );
  });

  it("U1: tells static, mirror and critical pods as the kubelet does", () => {
    for (const { pod, ...theirs } of vectors) {
      const ours = { critical: isCriticalPod(pod), static: isStaticPod(pod), mirror: isMirrorPod(pod) };
      expect(theirs).toMatchObject(ours);
    }
  });
});
