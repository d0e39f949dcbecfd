import type { KubeObject } from "@vkubelet/cluster";
import { describe, expect, it } from "vitest";
import { summarizeNode, summarizePod } from "./summaries.ts";

function pod(status: KubeObject["status"], metadata: Partial<KubeObject["metadata"]> = {}): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "default", ...metadata },
    spec: { nodeName: "vk-local", containers: [{ name: "a" }, { name: "b" }] },
    status,
  };
}

describe("summarizeNode", () => {
  it("is ready by the Ready condition alone, and says why it is not", () => {
    const node = (status: string, reason: string): KubeObject => ({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: "n" },
      status: { conditions: [{ type: "Ready", status, reason }] },
    });
    expect(summarizeNode(node("True", "KubeletReady"))).toEqual({ name: "n", ready: true, reason: "" });
    expect(summarizeNode(node("False", "Ill"))).toEqual({ name: "n", ready: false, reason: "Ill" });
    const silent: KubeObject = { apiVersion: "v1", kind: "Node", metadata: { name: "n" } };
    expect(summarizeNode(silent)).toEqual({ name: "n", ready: false, reason: "" });
  });
});

describe("summarizePod", () => {
  it("shows a pod that nobody has touched yet as Pending, without a node", () => {
    const fresh: KubeObject = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p", namespace: "default" },
      spec: { containers: [{ name: "a" }] },
    };
    expect(summarizePod(fresh)).toEqual({
      namespace: "default",
      name: "p",
      node: "",
      ready: "0/1",
      status: "Pending",
      restarts: 0,
    });
  });

  it("counts ready containers and restarts", () => {
    const summary = summarizePod(
      pod({
        phase: "Running",
        containerStatuses: [
          { ready: true, restartCount: 2, state: { running: {} } },
          { ready: false, restartCount: 1, state: { running: {} } },
        ],
      }),
    );
    expect(summary).toMatchObject({ ready: "1/2", status: "Running", restarts: 3 });
  });

  it("prefers what explains most: deletion, init containers, exit code, waiting reason, phase", () => {
    const failed = { ready: false, state: { terminated: { exitCode: 3, reason: "Error" } } };
    const waiting = { ready: false, state: { waiting: { reason: "CrashLoopBackOff" } } };
    const status = (value: KubeObject["status"], metadata?: Partial<KubeObject["metadata"]>) =>
      summarizePod(pod(value, metadata)).status;
    const deleted = { deletionTimestamp: "2026-01-01T00:00:00Z" };
    expect(status({ phase: "Running", containerStatuses: [failed] }, deleted)).toBe("Terminating");
    expect(
      status({
        phase: "Pending",
        initContainerStatuses: [{ state: { terminated: { exitCode: 0 } } }, { state: { waiting: {} } }],
        containerStatuses: [waiting],
      }),
    ).toBe("Init:1/2");
    expect(status({ phase: "Failed", containerStatuses: [waiting, failed] })).toBe("Error (exit code 3)");
    expect(status({ phase: "Running", containerStatuses: [waiting] })).toBe("CrashLoopBackOff");
    expect(status({ phase: "Succeeded" })).toBe("Completed");
    expect(status({ phase: "Failed", reason: "Rejected" })).toBe("Rejected");
  });
});
