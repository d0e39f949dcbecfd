import { describe, expect, it } from "vitest";
import { activeDeadline, deadlineVerdict, evictionVerdict, shutdownVerdict } from "./pod-verdicts.ts";

const spec = { containers: [], terminationGracePeriodSeconds: 20 };

describe("activeDeadline", () => {
  it("Y1: counts from the pod's start time; without one or the other there is no deadline", () => {
    const pod = { spec: { ...spec, activeDeadlineSeconds: 60 } };
    const startTime = "2026-11-01T00:00:00Z";
    expect(activeDeadline(pod, { startTime })).toBe(Date.parse("2026-11-01T00:01:00Z"));
    expect(activeDeadline(pod, {})).toBeUndefined();
    expect(activeDeadline(pod, undefined)).toBeUndefined();
    expect(activeDeadline({ spec }, { startTime })).toBeUndefined();
  });
});

describe("verdicts", () => {
  it("Y1: a deadline is a Normal event, and leaves the pod its grace", () => {
    const reason = "DeadlineExceeded";
    const message = "Pod was active on the node longer than the specified deadline";
    expect(deadlineVerdict()).toEqual({
      failure: { reason, message },
      event: { type: "Normal", reason, message },
    });
  });

  it("M4: an emptyDir above its limit evicts with 1 s, in the kubelet's words, and is no disruption", () => {
    const message = 'Usage of EmptyDir volume "v" exceeds the limit "1Gi". ';
    expect(evictionVerdict({ spec }, { type: "emptyDir", volume: "v", limit: "1024Mi" })).toEqual({
      failure: { reason: "Evicted", message },
      graceOverride: 1,
      event: { type: "Warning", reason: "Evicted", message },
    });
  });

  it("Y3: local storage above the limits of a container or of the pod", () => {
    expect(
      evictionVerdict({ spec }, { type: "containerStorage", container: "c", limit: "1Gi" })?.failure.message,
    ).toBe('Container c exceeded its local ephemeral storage limit "1Gi". ');
    expect(evictionVerdict({ spec }, { type: "podStorage", limit: "1Gi" })?.failure.message).toBe(
      "Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ",
    );
  });

  it("Y3, T5: a node short of something disrupts, and names who used more than they asked for", () => {
    const containers = [{ name: "c", usage: "2Gi", request: "1Gi" }];
    const low = { type: "node", resource: "memory" } as const;
    expect(
      evictionVerdict({ spec }, { ...low, threshold: "100Mi", available: "90Mi", containers }),
    ).toMatchObject({
      failure: {
        disruption: true,
        message:
          "The node was low on resource: memory. Threshold quantity: 100Mi, available: 90Mi. " +
          "Container c was using 2Gi, request is 1Gi, has larger consumption of memory. ",
      },
      graceOverride: 1,
    });
    expect(evictionVerdict({ spec }, { ...low, graceSeconds: 15 })).toMatchObject({
      failure: { message: "The node was low on resource: memory. " },
      graceOverride: 15,
    });
  });

  it("U1: critical pods are never evicted", () => {
    const metadata = { annotations: { "kubernetes.io/config.source": "file" } };
    expect(evictionVerdict({ metadata, spec }, { type: "podStorage", limit: "1" })).toBeUndefined();
  });

  it("Y3: a shutdown disrupts, and gives what it has left or the pod's own grace", () => {
    const message = "Pod was terminated in response to imminent node shutdown.";
    expect(shutdownVerdict({ spec }, 30)).toEqual({
      failure: { reason: "Terminated", message, disruption: true },
      graceOverride: 20,
    });
    expect(shutdownVerdict({ spec }, 5).graceOverride).toBe(5);
    expect(shutdownVerdict({}, 60).graceOverride).toBe(30);
  });
});
