import { describe, expect, it } from "vitest";
import { isRestrictedLabel } from "./node-restriction.ts";

describe("isRestrictedLabel", () => {
  it.each([
    "type",
    "example.com/team",
    "notkubernetes.io/x",
    "kubernetes.io/hostname",
    "kubernetes.io/os",
    "topology.kubernetes.io/zone",
    "node.kubernetes.io/anything",
    "kubelet.kubernetes.io/anything",
    "sub.node.kubernetes.io/anything",
  ])("a node may set %s", (label) => {
    expect(isRestrictedLabel(label)).toBe(false);
  });

  it.each([
    "kubernetes.io/role",
    "node-role.kubernetes.io/agent",
    "node-restriction.kubernetes.io/pci",
    "example.node-restriction.kubernetes.io/pci",
    "kubernetes.io/other",
    "k8s.io/x",
    "topology.k8s.io/x",
  ])("an administrator alone may set %s", (label) => {
    expect(isRestrictedLabel(label)).toBe(true);
  });
});
