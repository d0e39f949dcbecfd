import type { Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { podOf, resolvedOf } from "../testdata/resolve-fixture.ts";
import { volumeUpdates } from "./volume-updates.ts";

const text = (content: Uint8Array | undefined) => new TextDecoder().decode(content);
const pod = podOf(
  {
    volumes: [
      { name: "m", configMap: { name: "m" } },
      { name: "s", secret: { secretName: "s" } },
      { name: "e", emptyDir: {} },
      {
        name: "l",
        downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] },
      },
    ],
    initContainers: [{ name: "i", volumeMounts: [{ name: "m", mountPath: "/i" }] }],
  },
  {
    env: [
      { name: "K", valueFrom: { configMapKeyRef: { name: "m", key: "a" } } },
      { name: "APP", valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
    ],
    volumeMounts: [
      { name: "m", mountPath: "/m" },
      { name: "m", mountPath: "/one", subPath: "a" },
      { name: "s", mountPath: "/s", subPathExpr: "k" },
      { name: "l", mountPath: "/l" },
    ],
  },
);
const cluster = (m: Record<string, string>, k = "1") => ({ configMaps: { m }, secrets: { s: { k } } });
const relabelled: Pod = { ...pod, metadata: { ...pod.metadata, labels: { app: "next" } } };

describe("volumeUpdates", () => {
  it("C5: files that changed, came or went, and the mounts that see them: never a subPath", () => {
    const before = resolvedOf(pod, cluster({ a: "1", b: "1", c: "1" }));
    const after = resolvedOf(pod, cluster({ a: "2", c: "1", d: "1" }));
    const [update, ...others] = volumeUpdates(before, after);
    expect(others).toEqual([]);
    expect(update).toMatchObject({ volume: "m", written: ["a", "d"], removed: ["b"] });
    expect(update?.files.map(({ path, content }) => [path, text(content)])).toEqual([
      ["a", "2"],
      ["c", "1"],
      ["d", "1"],
    ]);
    expect(update?.mounts).toEqual([
      { container: "i", mountPath: "/i" },
      { container: "c", mountPath: "/m" },
    ]);
  });

  it("C5: a volume that only a subPath mounts is written, but no container sees it", () => {
    const data = { a: "1" };
    const updates = volumeUpdates(resolvedOf(pod, cluster(data)), resolvedOf(pod, cluster(data, "2")));
    expect(updates).toMatchObject([{ volume: "s", written: ["k"], removed: [], mounts: [] }]);
  });

  it("D7: files follow labels, the environment does not", () => {
    const data = { a: "1" };
    const before = resolvedOf(pod, cluster(data));
    const updates = volumeUpdates(before, resolvedOf(relabelled, cluster(data)));
    expect(updates).toMatchObject([
      { volume: "l", written: ["labels"], mounts: [{ container: "c", mountPath: "/l" }] },
    ]);
    expect(Object.keys(updates[0] ?? {}).sort()).toEqual(["files", "mounts", "removed", "volume", "written"]);
  });

  it("C4: nothing is written where nothing changed, nor where only the time a token ends did", () => {
    const data = cluster({ a: "1" });
    expect(volumeUpdates(resolvedOf(pod, data), resolvedOf(pod, data))).toEqual([]);
    const projected = podOf({
      volumes: [{ name: "t", projected: { sources: [{ serviceAccountToken: { path: "t" } }] } }],
    });
    const token = (value: string, expiresAt: string) =>
      resolvedOf(projected, { token: () => ({ token: value, expiresAt }) });
    const first = token("a", "2030-01-01T00:00:00Z");
    expect(volumeUpdates(first, token("a", "2031-01-01T00:00:00Z"))).toEqual([]);
    expect(volumeUpdates(first, token("b", "2031-01-01T00:00:00Z"))).toMatchObject([{ written: ["t"] }]);
  });
});
