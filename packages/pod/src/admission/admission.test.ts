import type { Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { admitPod } from "./admission.ts";
import type { NodeForAdmission } from "./scheduling-fields.ts";

const node: NodeForAdmission = {
  metadata: { name: "n", labels: { "kubernetes.io/os": "linux", zone: "a" } },
  status: { allocatable: { cpu: "2", memory: "1Gi", pods: "2" } },
};

function podOf(fields: object = {}, requests: Record<string, string> = {}): Pod {
  return { spec: { containers: [{ name: "c", resources: { requests } }], ...fields } };
}

const refusal = (reason: string, message: string) => ({ admitted: false, reason, message });

describe("admitPod", () => {
  it("Y2: takes what fits", () => {
    expect(admitPod(podOf({ nodeName: "n" }, { cpu: "1" }), node, [podOf({}, { cpu: "1" })])).toEqual({
      admitted: true,
    });
  });

  it("Y2: names the resource that runs out, with what is asked for, used and there", () => {
    expect(admitPod(podOf({}, { cpu: "1500m" }), node, [podOf({}, { cpu: "1" })])).toEqual(
      refusal(
        "OutOfcpu",
        "Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000",
      ),
    );
    expect(admitPod(podOf({}, { memory: "2Gi" }), node, [])).toEqual(
      refusal(
        "OutOfmemory",
        "Node didn't have enough resource: memory, requested: 2147483648, used: 0, capacity: 1073741824",
      ),
    );
    expect(admitPod(podOf(), node, [podOf(), podOf()])).toEqual(
      refusal("OutOfpods", "Node didn't have enough resource: pods, requested: 1, used: 2, capacity: 2"),
    );
  });

  it("Y2: an extended resource that the node does not list is the cluster's, and not asked for here", () => {
    expect(admitPod(podOf({}, { "example.com/gpu": "1" }), node, [])).toEqual({ admitted: true });
  });

  it("Y2: selector, node name, host ports and NoExecute taints refuse with the scheduler's words", () => {
    expect(admitPod(podOf({ nodeSelector: { zone: "b" } }), node, [])).toEqual(
      refusal(
        "NodeAffinity",
        "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
      ),
    );
    expect(admitPod(podOf({ nodeName: "m" }), node, [])).toMatchObject({ reason: "NodeName" });
    const port = { containers: [{ name: "c", ports: [{ containerPort: 1, hostPort: 80 }] }] };
    expect(admitPod(podOf(port), node, [podOf(port)])).toMatchObject({ reason: "NodePorts" });
    const taint = (effect: "NoSchedule" | "NoExecute"): NodeForAdmission => ({
      ...node,
      spec: { taints: [{ key: "k", effect }] },
    });
    expect(admitPod(podOf(), taint("NoExecute"), [])).toMatchObject({ reason: "TaintToleration" });
    expect(admitPod(podOf(), taint("NoSchedule"), [])).toEqual({ admitted: true });
    const metadata = { annotations: { "kubernetes.io/config.source": "file" } };
    expect(admitPod({ ...podOf(), metadata }, taint("NoExecute"), [])).toEqual({ admitted: true });
  });

  it("Y2: another operating system goes before everything else", () => {
    expect(admitPod(podOf({ os: { name: "windows" }, nodeName: "m" }), node, [])).toMatchObject({
      reason: "PodOSNotSupported",
    });
    const metadata = { labels: { "kubernetes.io/os": "windows" } };
    expect(admitPod({ ...podOf(), metadata }, node, [])).toMatchObject({
      reason: "PodOSSelectorNodeLabelDoesNotMatch",
    });
    const strict = { securityContext: { supplementalGroupsPolicy: "Strict" } };
    expect(admitPod(podOf(strict), node, [])).toMatchObject({
      reason: "SupplementalGroupsPolicyNotSupported",
    });
    const able = { ...node, status: { ...node.status, features: { supplementalGroupsPolicy: true } } };
    expect(admitPod(podOf(strict), able, [])).toEqual({ admitted: true });
  });

  it("Y2: a critical pod is refused for want of room last, since a kubelet would make some", () => {
    const critical = { priority: 2_000_000_000, nodeSelector: { zone: "b" } };
    expect(admitPod(podOf(critical, { cpu: "9" }), node, [])).toMatchObject({ reason: "NodeAffinity" });
    expect(admitPod(podOf({ priority: 2_000_000_000 }, { cpu: "9" }), node, [])).toMatchObject({
      reason: "OutOfcpu",
    });
  });

  it("Y2: what cannot be read is an unexpected error that names the path", () => {
    expect(admitPod(podOf({}, { cpu: "much" }), node, [])).toMatchObject({
      reason: "UnexpectedAdmissionError",
      message: expect.stringContaining("spec.containers[0].resources.requests.cpu"),
    });
  });
});
