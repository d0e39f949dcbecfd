import type { Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { type PodUpdateTarget, updateIssues } from "./pod-update.ts";

const container = { name: "c", image: "i:1", resources: { requests: { cpu: "100m" } } };
const base: Pod = {
  metadata: { name: "p", namespace: "ns", uid: "u" },
  spec: { containers: [container], nodeName: "n", terminationGracePeriodSeconds: 30 },
};

function change(fields: object, target?: PodUpdateTarget, before: object = {}): readonly string[] {
  const previous: Pod = { ...base, spec: { containers: [container], ...base.spec, ...before } };
  const next: Pod = { ...previous, spec: { containers: [container], ...previous.spec, ...fields } };
  return updateIssues(previous, next, target).map(({ path, message }) => `${path}: ${message}`);
}

describe("updateIssues", () => {
  it("U2: images change, but not to nothing; everything else of a container stays", () => {
    expect(change({ containers: [{ ...container, image: "i:2" }] })).toEqual([]);
    expect(change({ containers: [{ ...container, image: "" }] })).toEqual([
      "spec.containers[0].image: cannot be empty",
    ]);
    expect(change({ containers: [{ ...container, image: " i" }] })).toEqual([
      "spec.containers[0].image: cannot begin or end with blanks",
    ]);
    expect(change({ containers: [{ ...container, workingDir: "/" }] })).toEqual([
      "spec.containers: cannot be changed",
    ]);
    expect(change({ containers: [container, { name: "d", image: "d" }] })).toEqual([
      "spec.containers: containers cannot be added or removed",
    ]);
  });

  it("U2, Q6: the same amount in other words is no change", () => {
    const same = { ...container, resources: { requests: { cpu: "0.1" } }, env: [] };
    expect(change({ containers: [same] })).toEqual([]);
  });

  it("U2: the deadline is set once and then only lowered", () => {
    const deadline = (before: number | undefined, after: number | undefined) =>
      change(
        { activeDeadlineSeconds: after },
        "pod",
        before === undefined ? {} : { activeDeadlineSeconds: before },
      );
    expect(deadline(undefined, 10)).toEqual([]);
    expect(deadline(10, 5)).toEqual([]);
    expect(deadline(10, 11)).toEqual(["spec.activeDeadlineSeconds: can only be lowered, and was 10"]);
    expect(deadline(10, undefined)).toEqual(["spec.activeDeadlineSeconds: cannot be removed"]);
    expect(deadline(undefined, -1)).toEqual(["spec.activeDeadlineSeconds: must be from 0 to 2147483647"]);
  });

  it("U2: tolerations are added, of those there the seconds change", () => {
    const tolerations = [{ key: "k", operator: "Exists", effect: "NoExecute", tolerationSeconds: 5 }];
    const more = [
      { ...tolerations[0], tolerationSeconds: 9 },
      { key: "x", operator: "Exists" },
    ];
    expect(change({ tolerations: more }, "pod", { tolerations })).toEqual([]);
    expect(change({ tolerations: [] }, "pod", { tolerations })).toEqual([
      "spec.tolerations: can only be added; of those there only the seconds change",
    ]);
  });

  it("U2: a negative grace may become 1, nothing else changes it", () => {
    const grace = (before: number, after: number) =>
      change({ terminationGracePeriodSeconds: after }, "pod", { terminationGracePeriodSeconds: before });
    expect(grace(-1, 1)).toEqual([]);
    expect(grace(30, 1)).toEqual(["spec.terminationGracePeriodSeconds: cannot be changed"]);
    expect(grace(-1, 2)).toHaveLength(1);
  });

  it("U2: gates are only removed, and a pod behind them may be narrowed down", () => {
    const gated = { schedulingGates: [{ name: "g" }], nodeSelector: { zone: "a" } };
    expect(change({ schedulingGates: [] }, "pod", gated)).toEqual([]);
    expect(change({ schedulingGates: [{ name: "h" }] }, "pod", gated)).toEqual([
      "spec.schedulingGates[0]: gates can only be removed",
    ]);
    expect(change({ nodeSelector: { zone: "a", b: "c" } }, "pod", gated)).toEqual([]);
    expect(change({ nodeSelector: {} }, "pod", gated)).toEqual(["spec.nodeSelector: can only be added to"]);
    expect(change({ nodeSelector: { a: "b" } })).toEqual(["spec.nodeSelector: cannot be changed"]);
  });

  it("U1: names, uid and the mirror annotation stay", () => {
    const renamed: Pod = { ...base, metadata: { ...base.metadata, name: "q", uid: "v" } };
    expect(updateIssues(base, renamed).map(({ path }) => path)).toEqual(["metadata.name", "metadata.uid"]);
    const annotations = { "kubernetes.io/config.mirror": "h" };
    const mirrored: Pod = { ...base, metadata: { ...base.metadata, annotations } };
    expect(updateIssues(base, mirrored)).toEqual([
      {
        path: "metadata.annotations['kubernetes.io/config.mirror']",
        message: "cannot be added, changed or removed",
      },
    ]);
    const add = { ...mirrored, spec: { containers: [container], ephemeralContainers: [{ name: "e" }] } };
    expect(updateIssues(mirrored, add, "ephemeralcontainers")[0]?.message).toBe(
      "static pods do not support ephemeral containers",
    );
    expect(updateIssues(mirrored, mirrored, "resize")[0]?.message).toBe("static pods cannot be resized");
  });

  it("U2: ephemeral containers are only added", () => {
    const before = { ephemeralContainers: [{ name: "e", image: "e:1" }] };
    const update = (...ephemeralContainers: object[]) =>
      change({ ephemeralContainers }, "ephemeralcontainers", before);
    expect(update({ name: "f", image: "f" }, { name: "e", image: "e:1" })).toEqual([]);
    expect(update()).toEqual(['spec.ephemeralContainers: "e" cannot be removed']);
    expect(update({ name: "e", image: "e:2" })).toEqual(['spec.ephemeralContainers: "e" cannot be changed']);
  });

  it("U2: a resize changes cpu and memory alone, takes nothing away and keeps the QoS class", () => {
    const resize = (resources: object, more: object = {}) =>
      change({ containers: [{ ...container, resources, ...more }] }, "resize");
    expect(resize({ requests: { cpu: "200m" } })).toEqual([]);
    expect(resize({ requests: { cpu: "200m", "example.com/gpu": "1" } })).toEqual([
      "spec.containers[0]: only cpu and memory can be resized",
    ]);
    expect(resize({ requests: { cpu: "200m" } }, { image: "i:2" })).toHaveLength(1);
    const both = { cpu: "1", memory: "1Gi" };
    expect(resize({ requests: both, limits: both })).toEqual([
      "spec: the QoS class cannot change by a resize",
    ]);
    expect(resize({ requests: { memory: "1Gi" } })).toEqual([
      "spec.containers[0].resources.requests.cpu: cannot be removed",
    ]);
    expect(change({ nodeName: "m" }, "resize")).toEqual(["spec: only cpu and memory can be resized"]);
    expect(change({ containers: [{ ...container, name: "d" }] }, "resize")).toHaveLength(1);
    expect(change({}, "resize", { os: { name: "windows" } })).toEqual([
      "spec: windows pods cannot be resized",
    ]);
  });

  it("U2: an init container can be resized too, unless it would have to restart", () => {
    const init = { name: "i", image: "i", resources: { requests: { cpu: "1" } } };
    const resized = { ...init, resources: { requests: { cpu: "2" } } };
    const resizePolicy = [{ resourceName: "cpu", restartPolicy: "RestartContainer" }];
    const update = (before: object, after: object) =>
      change({ initContainers: [after] }, "resize", { initContainers: [before] });
    expect(update(init, resized)).toEqual([]);
    expect(update({ ...init, resizePolicy }, { ...resized, resizePolicy })).toEqual([
      "spec.initContainers[0]: an init container with resize policy RestartContainer cannot be resized",
    ]);
    expect(update({ ...init, resizePolicy }, { ...init, resizePolicy })).toEqual([]);
  });
});
