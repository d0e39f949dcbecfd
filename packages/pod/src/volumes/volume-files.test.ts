import type { Pod, PodSpec, ProjectedSource, Volume } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { base64, type Cluster, issuesOf, podOf, resolvedOf, waitsOf } from "../testdata/resolve-fixture.ts";

const podWith = (volume: Omit<Volume, "name">, spec: Partial<PodSpec> = {}, container = {}): Pod =>
  podOf({ volumes: [{ name: "v", ...volume }], ...spec }, container);
const projected = (...sources: ProjectedSource[]) => podWith({ projected: { sources } });

function filesOf(pod: Pod, cluster: Cluster = {}) {
  const volume = resolvedOf(pod, cluster).volumes[0];
  if (volume?.type !== "files") throw new Error("no files");
  return volume.files;
}
const contents = (pod: Pod, cluster: Cluster = {}) =>
  Object.fromEntries(
    filesOf(pod, cluster).map(({ path, content }) => [path, new TextDecoder().decode(content)]),
  );
const modes = (pod: Pod, cluster: Cluster = {}) =>
  Object.fromEntries(filesOf(pod, cluster).map(({ path, mode }) => [path, mode]));

const cluster: Cluster = {
  configMaps: { m: { data: { a: "alpha", b: "beta" }, binaryData: { bin: btoa("\u0000\u00ff") } } },
  secrets: { s: { user: "root", password: "hush" } },
};
const message = (detail: string) => `MountVolume.SetUp failed for volume "v" : ${detail}`;

describe("files of volumes", () => {
  it("C1: without items every key is a file, binary ones too", () => {
    const files = filesOf(podWith({ configMap: { name: "m" } }), cluster);
    expect(files.map(({ path, secret }) => [path, secret])).toEqual([
      ["a", false],
      ["b", false],
      ["bin", false],
    ]);
    expect([...(files[2]?.content ?? [])]).toEqual([0, 255]);
    const secrets = filesOf(podWith({ secret: { secretName: "s" } }), cluster);
    expect(secrets.every(({ secret }) => secret)).toBe(true);
    expect(contents(podWith({ secret: { secretName: "s" } }), cluster)).toEqual({
      user: "root",
      password: "hush",
    });
  });

  it("C1: with items only those, below directories, and a missing key waits unless optional", () => {
    const items = [
      { key: "a", path: "deep/./er/a.txt" },
      { key: "nope", path: "nope" },
    ];
    expect(contents(podWith({ configMap: { name: "m", items, optional: true } }), cluster)).toEqual({
      "deep/er/a.txt": "alpha",
    });
    expect(waitsOf(podWith({ configMap: { name: "m", items } }), cluster)).toEqual([
      {
        volume: "v",
        reason: "FailedMount",
        message: message("configmap references non-existent config key: nope"),
        object: { kind: "ConfigMap", name: "m" },
      },
    ]);
    const [wait] = waitsOf(
      podWith({ secret: { secretName: "s", items: [{ key: "nope", path: "x" }] } }),
      cluster,
    );
    expect(wait?.message).toBe(message("references non-existent secret key: nope"));
  });

  it("C2: a missing object makes the pod wait, an optional one gives an empty volume", () => {
    expect(filesOf(podWith({ configMap: { name: "nope", optional: true } }))).toEqual([]);
    expect(filesOf(podWith({ secret: { secretName: "nope", optional: true } }))).toEqual([]);
    expect(waitsOf(podWith({ configMap: { name: "nope" } }))).toEqual([
      {
        volume: "v",
        reason: "FailedMount",
        message: message('configmap "nope" not found'),
        object: { kind: "ConfigMap", name: "nope" },
      },
    ]);
    expect(waitsOf(podWith({ secret: { secretName: "nope" } }))[0]?.message).toBe(
      message('secret "nope" not found'),
    );
  });

  it("C2: data that is no base64 waits instead of giving wrong bytes", () => {
    const broken = { rawSecrets: { s: { data: { k: "*" } } } };
    expect(waitsOf(podWith({ secret: { secretName: "s" } }), broken)[0]?.message).toContain("is not base64");
  });

  it("C3: the item's mode, else the volume's, else 0644", () => {
    const items = [
      { key: "a", path: "a" },
      { key: "b", path: "b", mode: 256 },
    ];
    expect(modes(podWith({ configMap: { name: "m", items } }), cluster)).toEqual({ a: 0o644, b: 0o400 });
    expect(modes(podWith({ configMap: { name: "m", items, defaultMode: 0 } }), cluster)).toEqual({
      a: 0,
      b: 0o400,
    });
    const grouped = podWith({ configMap: { name: "m", items } }, { securityContext: { fsGroup: 2000 } });
    expect(modes(grouped, cluster)).toEqual({ a: 0o644, b: 0o440 });
    const wrong = podWith({ configMap: { name: "m", items: [{ key: "a", path: "a", mode: 644 }] } });
    expect(issuesOf(wrong, cluster)).toEqual([
      { path: "spec.volumes[0].configMap.items[0].mode", message: expect.stringContaining("644") },
    ]);
  });

  it("C4: paths stay inside the volume", () => {
    const wrong = ["/a", "../a", "a/../b", "..a", "", ".", "x".repeat(256), "d/".repeat(2100)];
    for (const path of wrong) {
      const pod = podWith({ configMap: { name: "m", items: [{ key: "a", path }] } });
      expect(issuesOf(pod, cluster)[0]?.path, path.slice(0, 20)).toBe(
        "spec.volumes[0].configMap.items[0].path",
      );
    }
    expect(
      contents(podWith({ configMap: { name: "m", items: [{ key: "a", path: "a..b/c" }] } }), cluster),
    ).toEqual({
      "a..b/c": "alpha",
    });
  });

  it("can only be read, whatever the mount says", () => {
    const volumeMounts = [{ name: "v", mountPath: "/v", readOnly: false }];
    const pod = podOf({ volumes: [{ name: "v", configMap: { name: "m" } }] }, { volumeMounts });
    expect(resolvedOf(pod, cluster).containers[0]?.mounts).toEqual([
      { volume: "v", mountPath: "/v", readOnly: true },
    ]);
  });

  it("C6: of projected sources the later wins, sub-directories cannot hide files", () => {
    const two: Cluster = { configMaps: { m: { a: "1", b: "1" }, n: { b: "2", c: "2" } } };
    const pod = projected({ configMap: { name: "m" } }, { configMap: { name: "n" } });
    expect(contents(pod, two)).toEqual({ a: "1", b: "2", c: "2" });
    const below = projected(
      { configMap: { name: "m" } },
      { configMap: { name: "n", items: [{ key: "c", path: "a/c" }] } },
    );
    expect(waitsOf(below, two)[0]?.message).toBe(message("a is both a file and the directory of a/c"));
  });

  it("C6: paths that are named twice conflict, those of tokens are not compared", () => {
    const items = [{ key: "a", path: "p" }];
    const pod = projected(
      { secret: { name: "s", items } },
      { configMap: { name: "m", items } },
      { downwardAPI: { items: [{ path: "p", fieldRef: { fieldPath: "metadata.name" } }] } },
      { serviceAccountToken: { path: "p" } },
    );
    const path = "spec.volumes[0].projected.sources";
    expect(issuesOf(pod)).toEqual([
      {
        path: `${path}[1].configMap.items[0].path`,
        message: 'Invalid value: "m": conflicting duplicate paths',
      },
      {
        path: `${path}[2].downwardAPI.items[0].path`,
        message: 'Invalid value: "p": conflicting duplicate paths',
      },
    ]);
  });

  it("C6: a projected source that is not served here is refused by name, with a way out", () => {
    const sources = [
      { clusterTrustBundle: { name: "b", path: "ca", optional: true } },
      { podCertificate: { signerName: "example.com/s", keyType: "ED25519", keyPath: "k" } },
      { tomorrow: {} } as ProjectedSource,
      {},
      { configMap: { name: "m" }, secret: { name: "s" } },
    ];
    const path = "spec.volumes[0].projected.sources";
    expect(issuesOf(projected(...sources))).toEqual([
      { path: `${path}[0].clusterTrustBundle`, message: expect.stringContaining("into a ConfigMap") },
      { path: `${path}[1].podCertificate`, message: expect.stringContaining("in a Secret") },
      { path: `${path}[2].tomorrow`, message: expect.stringContaining("no projected source") },
      { path: `${path}[4]`, message: "Forbidden: may not specify more than 1 volume type per source" },
    ]);
    expect(contents(projected({}, { configMap: { name: "m", optional: true } }))).toEqual({});
  });

  it("C7: tokens are asked for with their defaults, are secret and end", () => {
    const asked: unknown[] = [];
    const token = (reference: unknown) => {
      asked.push(reference);
      return { token: "abc", expiresAt: "2030-01-01T00:00:00Z" };
    };
    const pod = projected({ serviceAccountToken: { path: "t" } });
    expect(filesOf(pod, { token })).toEqual([
      {
        path: "t",
        content: new TextEncoder().encode("abc"),
        mode: 0o644,
        secret: true,
        expiresAt: "2030-01-01T00:00:00Z",
      },
    ]);
    expect(asked).toEqual([{ volume: "v", path: "t", expirationSeconds: 3600 }]);
    expect(waitsOf(pod)).toEqual([
      {
        volume: "v",
        reason: "FailedMount",
        message: message("failed to fetch token: it has not been issued yet"),
      },
    ]);
    const short = projected({ serviceAccountToken: { path: "t", expirationSeconds: 599 } });
    expect(issuesOf(short, { token })[0]?.path).toMatch(/serviceAccountToken\.expirationSeconds$/);
  });

  it("C7: a token belongs to the one user whom all containers name, or to the group", () => {
    const token = () => ({ token: "abc", expiresAt: "2030-01-01T00:00:00Z" });
    const volumes = [{ name: "v", projected: { sources: [{ serviceAccountToken: { path: "t" } }] } }];
    const mode = (spec: Partial<PodSpec>, container = {}) =>
      modes(podOf({ volumes, ...spec }, container), { token })["t"];
    expect(mode({ securityContext: { runAsUser: 1000 } })).toBe(0o600);
    expect(mode({ securityContext: { fsGroup: 1 } })).toBe(0o640);
    const other = [{ name: "i", securityContext: { runAsUser: 1 } }];
    expect(mode({ securityContext: { runAsUser: 1000 }, initContainers: other })).toBe(0o644);
    expect(mode({ initContainers: [{ name: "i" }] }, { securityContext: { runAsUser: 1 } })).toBe(0o644);
  });

  it("C8: kube-api-access has token, ca.crt and namespace", () => {
    const sources: ProjectedSource[] = [
      { serviceAccountToken: { path: "token", expirationSeconds: 3607 } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
    ];
    const inputs: Cluster = {
      configMaps: { "kube-root-ca.crt": { "ca.crt": "PEM" } },
      token: ({ expirationSeconds }) => ({
        token: `for ${expirationSeconds}`,
        expiresAt: "2030-01-01T00:00:00Z",
      }),
    };
    const pod = podWith({ projected: { defaultMode: 420, sources } });
    expect(contents(pod, inputs)).toEqual({ "ca.crt": "PEM", namespace: "ns", token: "for 3607" });
  });

  it("D2: downward API files, whole maps included", () => {
    const items = [
      { path: "labels", fieldRef: { fieldPath: "metadata.labels" } },
      {
        path: "cpu",
        resourceFieldRef: { containerName: "c", resource: "limits.cpu", divisor: "1m" },
        mode: 256,
      },
    ];
    const pod = podWith(
      { downwardAPI: { items, defaultMode: 0o600 } },
      { resources: { limits: { cpu: "1" } } },
    );
    expect(contents(pod)).toEqual({ labels: 'app="web"', cpu: "4000" });
    expect(modes(pod)).toEqual({ labels: 0o600, cpu: 0o400 });
    expect(filesOf(pod).some(({ secret }) => secret)).toBe(false);
    const wrong = [
      { path: "a", fieldRef: { fieldPath: "spec.nodeName" } },
      { path: "b", resourceFieldRef: { resource: "limits.cpu" } },
      { path: "c", resourceFieldRef: { containerName: "nope", resource: "limits.cpu" } },
      { path: "d" },
    ];
    expect(issuesOf(podWith({ downwardAPI: { items: wrong } })).map(({ path }) => path)).toEqual(
      wrong.map((_, index) => `spec.volumes[0].downwardAPI.items[${index}]`),
    );
  });

  it("D7: files follow the labels of the pod as it is given", () => {
    const items = [{ path: "app", fieldRef: { fieldPath: "metadata.labels['app']" } }];
    const pod = podWith({ downwardAPI: { items } });
    expect(contents(pod)).toEqual({ app: "web" });
    expect(contents({ ...pod, metadata: { ...pod.metadata, labels: { app: "next" } } })).toEqual({
      app: "next",
    });
  });

  it("C9: the same pod resolves once the missing object is there", () => {
    const pod = podWith({ secret: { secretName: "late" } });
    expect(waitsOf(pod)[0]?.object).toEqual({ kind: "Secret", name: "late" });
    expect(contents(pod, { rawSecrets: { late: { data: { k: base64("now") } } } })).toEqual({ k: "now" });
  });
});
