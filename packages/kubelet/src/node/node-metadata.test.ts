import type { NodeDescription, Taint } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { applyPatch } from "../testdata/api-patch.ts";
import { metadataPatch, type NodeMetadata, newNode, wantedMetadata } from "./node-metadata.ts";
import type { NodeIdentity, NodeObject } from "./node-object.ts";

const identity: NodeIdentity = {
  name: "vk",
  providerName: "memory",
  labels: {},
  annotations: {},
  taints: [],
  internalIP: "127.0.0.1",
  kubeletPort: 10250,
  kubeletVersion: "v1-vkubelet",
};
const description: NodeDescription = { capacity: {}, operatingSystem: "linux", architecture: "arm64" };
const taint = (key: string, value = "", effect: Taint["effect"] = "NoSchedule"): Taint => ({
  key,
  value,
  effect,
});

const wanted = (rest: Partial<NodeMetadata> = {}): NodeMetadata => ({
  labels: {},
  annotations: {},
  taints: [],
  ...rest,
});

/** The Node after a kubelet that wants this has seen it. */
function kept(node: NodeObject, want: NodeMetadata): NodeObject {
  const patch = metadataPatch(node, want, undefined);
  return patch === undefined ? node : applyPatch(node, patch, false);
}

const edited = (node: NodeObject, change: object): NodeObject => applyPatch(node, change, false);

describe("wantedMetadata", () => {
  it("lets the user's words go before the backend's, and those before the standard ones", () => {
    const { labels, taints, annotations } = wantedMetadata(
      { ...identity, labels: { a: "user", type: "own" }, taints: [taint("t", "user")] },
      {
        ...description,
        labels: { a: "backend", b: "backend" },
        taints: [taint("t", "backend"), taint("u"), taint("t", "backend", "NoExecute")],
      },
    );
    expect(labels).toMatchObject({
      a: "user",
      b: "backend",
      type: "own",
      "kubernetes.io/hostname": "vk",
      "kubernetes.io/arch": "arm64",
    });
    expect(taints).toEqual([taint("t", "user"), taint("u"), taint("t", "backend", "NoExecute")]);
    expect(annotations).toEqual({ "vkubelet.dev/provider": "memory" });
  });
});

describe("metadataPatch", () => {
  const full = wanted({ labels: { a: "1" }, annotations: { n: "1" }, taints: [taint("t", "1")] });

  it("has nothing to do for a node that was just made", () => {
    expect(metadataPatch(newNode(identity, full), full, undefined)).toBeUndefined();
  });

  it("restores what somebody removed or changed, and leaves what others added", () => {
    const node = edited(newNode(identity, full), {
      metadata: { labels: { a: null, theirs: "x" }, annotations: { n: "2", theirs: "x" } },
      spec: { taints: [taint("t", "2"), taint("theirs", "", "NoExecute")] },
    });
    const { metadata, spec } = kept(node, full);
    expect(metadata?.labels).toEqual({ a: "1", theirs: "x" });
    expect(metadata?.annotations).toMatchObject({ n: "1", theirs: "x" });
    expect(spec?.taints).toEqual([taint("theirs", "", "NoExecute"), taint("t", "1")]);
  });

  it("takes away its own that is wanted no more, unless somebody gave it another value", () => {
    const before = wanted({
      labels: { a: "1", b: "1" },
      annotations: { n: "1" },
      taints: [taint("t"), taint("u")],
    });
    const node = edited(newNode(identity, before), {
      metadata: { labels: { b: "theirs" } },
      spec: { taints: [taint("t"), taint("u", "theirs"), taint("theirs")] },
    });
    const { metadata, spec } = kept(node, wanted());
    expect(metadata?.labels).toEqual({ b: "theirs" });
    expect(Object.keys(metadata?.annotations ?? {})).toEqual(["vkubelet.dev/node-metadata"]);
    expect(spec?.taints).toEqual([taint("u", "theirs"), taint("theirs")]);
    // Once given up, it is not taken away later.
    const again = edited({ metadata, spec } as NodeObject, { metadata: { labels: { a: "1" } } });
    expect(kept(again, wanted()).metadata?.labels).toMatchObject({ a: "1" });
  });

  it("keeps when a taint of its own was added", () => {
    const timed = { ...taint("t", "1", "NoExecute"), timeAdded: "2026-01-01T00:00:00Z" };
    const want = wanted({ taints: [taint("t", "1", "NoExecute")] });
    const node = edited(newNode(identity, want), { spec: { taints: [timed] } });
    expect(metadataPatch(node, want, undefined)).toBeUndefined();
  });

  it("replaces the list of taints only over the one that was looked at", () => {
    const node = edited(newNode(identity, wanted()), { metadata: { resourceVersion: "7" } });
    expect(metadataPatch(node, full, undefined)?.metadata.resourceVersion).toBe("7");
    const labelled = metadataPatch(node, wanted({ labels: { a: "1" } }), undefined);
    expect(labelled?.metadata).not.toHaveProperty("resourceVersion");
  });

  it.each(["{", "[]", "null", '{"labels":1}', '{"taints":[{}]}', '{"annotations":{"n":2}}'])(
    "takes nothing away by a record that somebody has spoilt: %s",
    (text) => {
      const node = edited(newNode(identity, full), {
        metadata: { annotations: { "vkubelet.dev/node-metadata": text } },
      });
      const { metadata, spec } = kept(node, wanted());
      expect(metadata?.labels).toEqual({ a: "1" });
      expect(spec?.taints).toEqual([taint("t", "1")]);
    },
  );
});
