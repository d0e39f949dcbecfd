import { describe, expect, it } from "vitest";
import { statusPatch } from "./status-writer.ts";

const ready = { type: "Ready", status: "True", lastTransitionTime: "2026-01-01T00:00:00Z" } as const;

describe("statusPatch", () => {
  it("is undefined when nothing that a node owns differs", () => {
    const status = { phase: "Running", conditions: [ready] } as const;
    expect(
      statusPatch({ ...status, conditions: [{ ...ready, lastProbeTime: null }] }, status),
    ).toBeUndefined();
  });

  it("T5: never writes a condition that somebody else owns", () => {
    const gate = { type: "example.com/gate", status: "True" } as const;
    expect(statusPatch({ conditions: [] }, { conditions: [gate, ready] })).toEqual({ conditions: [ready] });
  });

  it("removes what is no longer said", () => {
    const before = {
      phase: "Pending",
      reason: "Waiting",
      message: "x",
      podIPs: [{ ip: "10.0.0.1" }],
    } as const;
    expect(statusPatch(before, { phase: "Running" })).toEqual({
      phase: "Running",
      reason: null,
      message: null,
      podIPs: [{ $patch: "replace" }],
    });
  });

  it("replaces lists of addresses as a whole, because a merge would keep the old ones", () => {
    const patch = statusPatch({ podIPs: [{ ip: "10.0.0.1" }] }, { podIPs: [{ ip: "10.0.0.2" }] });
    expect(patch).toEqual({ podIPs: [{ $patch: "replace" }, { ip: "10.0.0.2" }] });
  });
});
