import type { KubeObject } from "@vkubelet/cluster";
import { describe, expect, it } from "vitest";
import { sampleWorkloads } from "./workloads.ts";

const target = { name: "vk-x", image: "busybox", namespace: "default" };

function podSpecs(objects: readonly KubeObject[]): readonly KubeObject["spec"][] {
  return objects.flatMap(({ kind, spec }) => (kind === "Pod" ? [spec] : (spec?.template?.spec ?? [])));
}

describe("sampleWorkloads", () => {
  it("binds every pod to its node, tolerates the taint, and names every image", () => {
    const specs = podSpecs(sampleWorkloads(target, { suffix: "x", deployments: true }));
    expect(specs.length).toBeGreaterThan(0);
    for (const spec of specs) {
      expect(spec.nodeSelector).toEqual({ "kubernetes.io/hostname": "vk-x" });
      expect(spec.tolerations).toEqual([{ key: "virtual-kubelet.io/provider", operator: "Exists" }]);
      const images = [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => image);
      expect(new Set(images)).toEqual(new Set(["busybox"]));
    }
  });

  it("gives a backend that only finishes no Deployment and nothing that restarts", () => {
    const objects = sampleWorkloads(target, { suffix: "x", deployments: false });
    expect(objects.map(({ kind }) => kind)).not.toContain("Deployment");
    expect(podSpecs(objects).map(({ restartPolicy }) => restartPolicy)).not.toContain("Always");
  });

  it("carries the suffix in every name, so that nodes share a namespace", () => {
    const names = sampleWorkloads(target, { suffix: "x", deployments: true }).map(
      ({ metadata }) => metadata.name,
    );
    expect(names.every((name) => name.endsWith("-x"))).toBe(true);
  });
});
