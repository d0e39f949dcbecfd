import { describe, expect, it } from "vitest";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import { statusPatch, writePodStatus } from "./status-writer.ts";

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

describe("writePodStatus", () => {
  const ref = { namespace: "a", name: "p", uid: "u" };
  const { signal } = new AbortController();

  it("asks for no more than the metadata, and tells what the status is then", async () => {
    const calls: unknown[] = [];
    const metadata = { name: "p", uid: "u", resourceVersion: "8" };
    const client = {
      patch: async (...call: unknown[]) => {
        calls.push(call);
        return { kind: "PartialObjectMetadata", metadata };
      },
    } as unknown as KubeApiClient;
    const gate = { type: "example.com/gate", status: "True" } as const;
    const current = {
      phase: "Pending",
      reason: "Waiting",
      qosClass: "Burstable",
      podIPs: [{ ip: "10.0.0.1" }],
    } as const;
    const next = { phase: "Running", conditions: [gate, ready] } as const;
    expect(await writePodStatus(client, ref, current, next, signal)).toEqual({
      metadata,
      status: { phase: "Running", qosClass: "Burstable", conditions: [gate, ready] },
    });
    const [[path, , type, options] = []] = calls as unknown[][];
    expect(path).toBe("/api/v1/namespaces/a/pods/p/status");
    expect([type, options]).toEqual(["strategic", { answer: "metadata", signal }]);
  });
});
