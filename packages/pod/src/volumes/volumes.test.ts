import type { Container, Volume } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { issuesOf, podOf, resolvedOf, waitsOf } from "../testdata/resolve-fixture.ts";

const podWith = (volumes: readonly Volume[], container: Partial<Container> = {}) =>
  podOf({ volumes }, container);
const issue = (volume: Omit<Volume, "name">, container: Partial<Container> = {}) =>
  issuesOf(podWith([{ name: "v", ...volume }], container))[0];

describe("volumes", () => {
  it("M3: an emptyDir on disk or in memory, with its limit rounded up to bytes", () => {
    const volumes = [
      { name: "a", emptyDir: {} },
      { name: "b", emptyDir: { medium: "Memory", sizeLimit: "1.5" } },
    ];
    expect(resolvedOf(podWith(volumes)).volumes).toEqual([
      { name: "a", type: "emptyDir", medium: "" },
      { name: "b", type: "emptyDir", medium: "Memory", sizeLimitBytes: 2n },
    ]);
    expect(issue({ emptyDir: { sizeLimit: "-1Mi" } })).toEqual({
      path: "spec.volumes[0].emptyDir.sizeLimit",
      message: "Forbidden: SizeLimit field must be a valid resource quantity",
    });
  });

  it("M3: a medium that the kubelet knows; huge pages must be asked for in that size", () => {
    const pages = (...sizes: string[]) => ({
      resources: { limits: Object.fromEntries(sizes.map((size) => [`hugepages-${size}`, size])) },
    });
    const medium = (name: string, ...sizes: string[]) =>
      issue({ emptyDir: { medium: name } }, pages(...sizes));
    const path = "spec.volumes[0].emptyDir.medium";
    expect(medium("Disk")).toEqual({ path, message: 'unknown storage medium "Disk"' });
    expect(medium("HugePages-2Mi", "1Gi")?.message).toContain("no resource request for huge pages");
    expect(medium("HugePages")?.message).toContain("no resource request for huge pages");
    expect(medium("HugePages", "2Mi", "1Gi")?.message).toContain("multiple huge page sizes");
    expect(medium("HugePages-big", "2Mi")?.message).toContain("names no size of pages");
    for (const [name, size] of [
      ["HugePages", "2Mi"],
      ["HugePages-2048Ki", "2Mi"],
    ] as const) {
      const pod = podWith([{ name: "v", emptyDir: { medium: name } }], pages(size));
      expect(resolvedOf(pod).volumes).toEqual([
        { name: "v", type: "reference", kind: "emptyDir", source: { medium: name } },
      ]);
    }
  });

  it("M3: claims by their real names, and what can only be read is mounted so", () => {
    const volumes: Volume[] = [
      { name: "data", persistentVolumeClaim: { claimName: "shared", readOnly: true } },
      { name: "own", ephemeral: { volumeClaimTemplate: { spec: {} } } },
      { name: "oci", image: { reference: "r" } } as Volume,
      { name: "share", nfs: { server: "s", path: "/", readOnly: true } } as Volume,
    ];
    const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}`, readOnly: false }));
    const pod = resolvedOf(podWith(volumes, { volumeMounts }));
    expect(pod.volumes.map((volume) => ("claimName" in volume ? volume.claimName : undefined))).toEqual([
      "shared",
      "p-own",
      undefined,
      undefined,
    ]);
    expect(pod.containers[0]?.mounts.map(({ readOnly }) => readOnly)).toEqual([true, false, true, true]);
  });

  it("M3: a claim is named, and is not one that is made for the pod", () => {
    expect(issue({ persistentVolumeClaim: { claimName: "" } })?.message).toBe("Required value");
    expect(issue({ ephemeral: {} })?.path).toBe("spec.volumes[0].ephemeral.volumeClaimTemplate");
    const volumes: Volume[] = [
      { name: "a", persistentVolumeClaim: { claimName: "p-b" } },
      { name: "b", ephemeral: { volumeClaimTemplate: {} } },
    ];
    expect(issuesOf(podWith(volumes))).toEqual([
      {
        path: "spec.volumes[0].persistentVolumeClaim.claimName",
        message: 'Invalid value: "p-b": must not reference a PVC that gets created for an ephemeral volume',
      },
    ]);
    const long = podWith([{ name: "v".repeat(60), ephemeral: { volumeClaimTemplate: {} } }]);
    const named = { ...long, metadata: { ...long.metadata, name: "p".repeat(200) } };
    expect(issuesOf(named)[0]).toMatchObject({
      path: "spec.volumes[0].name",
      message: expect.stringContaining("must be no more than 253 characters"),
    });
  });

  it("C4: names of volumes are labels, each once, and each volume has one kind", () => {
    const volumes = [
      { name: "../etc" },
      { name: "v" },
      { name: "v", emptyDir: {}, configMap: { name: "m" } },
      { name: "" },
    ];
    expect(issuesOf(podWith(volumes)).map(({ path, message }) => [path, message.slice(0, 42)])).toEqual([
      ["spec.volumes[0].name", 'Invalid value: "../etc": a lowercase RFC 1'],
      ["spec.volumes[2].name", 'Duplicate value: "v"'],
      ["spec.volumes[2].configMap", "Forbidden: may not specify more than 1 vol"],
      ["spec.volumes[3].name", "Required value"],
    ]);
  });

  it("C4: keys that cannot be files make the pod wait, since the object may change", () => {
    const pod = podWith([{ name: "v", configMap: { name: "m" } }]);
    expect(waitsOf(pod, { configMaps: { m: { data: { "..up": "1" } } } })).toEqual([
      {
        volume: "v",
        reason: "FailedMount",
        message: `MountVolume.SetUp failed for volume "v" : invalid path: must not start with '..': ..up`,
        object: { kind: "ConfigMap", name: "m" },
      },
    ]);
  });

  it("C1: keys named like members of every object are keys and nothing else", () => {
    const data = JSON.parse('{"__proto__":"p","constructor":"c"}') as Record<string, string>;
    const all = resolvedOf(podWith([{ name: "v", configMap: { name: "m" } }]), {
      configMaps: { m: { data } },
    });
    const [volume] = all.volumes;
    expect(volume?.type === "files" && volume.files.map(({ path }) => path)).toEqual([
      "__proto__",
      "constructor",
    ]);
    const items = [{ key: "toString", path: "a" }];
    const missing = podWith([{ name: "v", configMap: { name: "m", items } }]);
    expect(waitsOf(missing, { configMaps: { m: { data } } })[0]?.message).toContain("key: toString");
    const hostile = JSON.parse('{"name":"v","__proto__":{"a":1}}') as Volume;
    expect(resolvedOf(podWith([hostile])).volumes).toEqual([
      { name: "v", type: "reference", kind: "__proto__", source: { a: 1 } },
    ]);
  });
});
