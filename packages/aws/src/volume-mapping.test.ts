import type { PodSpec, Volume, VolumeMount } from "@vkubelet/core";
import { FieldNotes } from "@vkubelet/pod";
import { resolvedPodOf } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { locateContainers } from "./spec-paths.ts";
import { planVolumes, type VolumeOptions } from "./volume-mapping.ts";

const defaults: VolumeOptions = { region: "eu-west-1", hasTaskRole: true, tmpfs: true, hostPaths: false };
const configMaps = { web: { data: { "a.conf": "a", "b.conf": "b" } } };

/** One container per list of mounts. */
function planOf(volume: object, mounts: readonly object[][], options: Partial<VolumeOptions> = {}) {
  const notes = new FieldNotes();
  const spec: PodSpec = {
    containers: mounts.map((volumeMounts, index) => ({
      name: `c${index}`,
      image: "a",
      volumeMounts: volumeMounts.map(
        (mount): VolumeMount => ({
          name: "v",
          mountPath: "/v",
          ...(mount as Partial<VolumeMount>),
        }),
      ),
    })),
    volumes: [{ name: "v", ...volume } as Volume],
  };
  const pod = resolvedPodOf(spec, 0, { configMaps });
  const plan = planVolumes(pod, { ...defaults, ...options }, notes);
  return {
    volumes: plan.volumes,
    filled: plan.filled.map(({ name, files }) => [name, ...files.map(({ path }) => path)]),
    mounts: locateContainers(pod).map((located) =>
      plan
        .mountsOf(located)
        .map(({ sourceVolume, containerPath, readOnly }) =>
          [sourceVolume, containerPath, ...(readOnly ? ["ro"] : [])].join(" "),
        ),
    ),
    tmpfs: locateContainers(pod).map((located) => plan.tmpfsOf(located)),
    rejected: notes.rejected.map(({ path }) => path),
    approximated: notes.approximated.map(({ path }) => path),
  };
}

describe("emptyDir", () => {
  it("is a volume of the task for all containers", () => {
    expect(planOf({ emptyDir: {} }, [[{}], [{ readOnly: true }]])).toMatchObject({
      volumes: [{ name: "v", type: "task" }],
      mounts: [["v /v"], ["v /v ro"]],
    });
  });

  it("is one volume for each part, where only parts are mounted that lie beside each other", () => {
    const plan = planOf({ emptyDir: {} }, [
      [{ subPath: "a" }, { subPath: "b/", mountPath: "/b" }],
      [{ subPath: "./a" }],
    ]);
    expect(plan).toMatchObject({
      volumes: [
        { name: "v_0", type: "task" },
        { name: "v_1", type: "task" },
      ],
      mounts: [["v_0 /v", "v_1 /b"], ["v_0 /v"]],
      rejected: [],
    });
  });

  it.each([
    [[[{ subPath: "a" }], [{}]], ["spec.containers[0].volumeMounts[0].subPath"]],
    [
      [[{ subPath: "a" }], [{ subPath: "a/b" }]],
      ["spec.containers[0].volumeMounts[0].subPath", "spec.containers[1].volumeMounts[0].subPath"],
    ],
  ])("refuses parts that lie within each other: %j", (mounts, paths) => {
    expect(planOf({ emptyDir: {} }, mounts).rejected).toEqual(paths);
  });

  it("in memory is a tmpfs of the one container that mounts it", () => {
    const plan = planOf({ emptyDir: { medium: "Memory", sizeLimit: "100M" } }, [[{}], []]);
    expect(plan).toMatchObject({
      volumes: [],
      mounts: [[], []],
      tmpfs: [[{ containerPath: "/v", sizeMiB: 96 }], []],
    });
  });

  it.each([
    ["shared", {}, [[{}], [{}]], {}],
    ["mounted in parts", {}, [[{ subPath: "a" }]], {}],
    ["with a mode", { mode: 0o700 }, [[{}]], {}],
    ["where there is no tmpfs", {}, [[{}]], { tmpfs: false }],
  ])("in memory but %s is on disk, and says so", (_name, emptyDir, mounts, options) => {
    const plan = planOf({ emptyDir: { medium: "Memory", ...emptyDir } }, mounts, options);
    expect(plan.tmpfs.flat()).toEqual([]);
    expect(plan.volumes).toHaveLength(1);
    expect(plan.approximated).toEqual(["spec.volumes[0].emptyDir.medium"]);
  });
});

describe("files", () => {
  const items = [
    { key: "a.conf", path: "conf.d/a.conf" },
    { key: "b.conf", path: "b.conf" },
  ];

  it("are mounted as a whole and by directory, always read-only", () => {
    const plan = planOf({ configMap: { name: "web", items } }, [[{}], [{ subPath: "conf.d" }]]);
    expect(plan).toMatchObject({
      filled: [
        ["v", "b.conf", "conf.d/a.conf"],
        ["v_1", "a.conf"],
      ],
      mounts: [["v /v ro"], ["v_1 /v ro"]],
      rejected: [],
    });
  });

  it("M1: make an empty directory where the volume has none of that name", () => {
    const plan = planOf({ configMap: { name: "web" } }, [[{ subPath: "x/y" }]]);
    expect(plan).toMatchObject({ filled: [["v_0"]], mounts: [["v_0 /v ro"]], rejected: [] });
  });

  it("cannot be mounted from below a file", () => {
    const plan = planOf({ configMap: { name: "web" } }, [[{ subPath: "a.conf/x" }]]);
    expect(plan.rejected).toEqual(["spec.containers[0].volumeMounts[0].subPath"]);
  });

  it("are mounted by the directory that subPathExpr comes out as", () => {
    const mount = { name: "v", mountPath: "/v", subPathExpr: "$(PART)" };
    const container = {
      name: "c",
      image: "a",
      env: [{ name: "PART", value: "conf.d" }],
      volumeMounts: [mount],
    };
    const spec = { containers: [container], volumes: [{ name: "v", configMap: { name: "web", items } }] };
    const notes = new FieldNotes();
    const { filled } = planVolumes(resolvedPodOf(spec, 0, { configMaps }), defaults, notes);
    expect(filled.map(({ files }) => files.map(({ path }) => path))).toEqual([["a.conf"]]);
    expect(notes.rejected).toEqual([]);
  });
});

describe("mounts of a container", () => {
  it("come before those that lie within them", () => {
    const plan = planOf({ emptyDir: {} }, [
      [{ mountPath: "/a/b/c" }, { mountPath: "/z/" }, { mountPath: "/a" }],
    ]);
    expect(plan.mounts).toEqual([["v /z/", "v /a", "v /a/b/c"]]);
  });
});

describe("file systems of EFS", () => {
  const claim = { persistentVolumeClaim: { claimName: "data" } };

  it("stand behind claims as the options say, encrypted on the way", () => {
    const fileSystems = { "shop/data": { fileSystemId: "fs-1", accessPointId: "fsap-1", iam: true } };
    expect(planOf(claim, [[{}]], { fileSystems }).volumes).toEqual([
      {
        name: "v",
        type: "efs",
        efs: {
          fileSystemId: "fs-1",
          transitEncryption: "ENABLED",
          authorizationConfig: { accessPointId: "fsap-1", iam: "ENABLED" },
        },
      },
    ]);
  });

  it("are read-only where the claim says so, and mounted by directory", () => {
    const readOnly = { persistentVolumeClaim: { claimName: "data", readOnly: true } };
    const fileSystems = { "shop/data": { fileSystemId: "fs-1", rootDirectory: "/team/" } };
    const plan = planOf(readOnly, [[{ subPath: "logs" }]], { fileSystems });
    expect(plan.volumes).toMatchObject([{ name: "v_0", efs: { rootDirectory: "/team/logs" } }]);
    expect(plan.mounts).toEqual([["v_0 /v ro"]]);
    expect(plan.approximated).toEqual(["spec.containers[0].volumeMounts[0].subPath"]);
  });

  it("need a role where they check one, and keep the directory of an access point", () => {
    const fileSystems = { "shop/data": { fileSystemId: "fs-1", accessPointId: "fsap-1", iam: true } };
    const plan = planOf(claim, [[{ subPath: "x" }]], { fileSystems, hasTaskRole: false });
    expect(plan.rejected).toEqual([
      "spec.volumes[0].persistentVolumeClaim",
      "spec.containers[0].volumeMounts[0].subPath",
    ]);
  });

  it("are recognised behind NFS, in the region of the node", () => {
    const nfs = (server: string) => ({ nfs: { server, path: "/exports" } });
    expect(planOf(nfs("fs-0a1b2c3d.efs.eu-west-1.amazonaws.com"), [[{}]]).volumes).toMatchObject([
      { efs: { fileSystemId: "fs-0a1b2c3d", rootDirectory: "/exports" } },
    ]);
    for (const server of ["fs-0a1b2c3d.efs.us-east-1.amazonaws.com", "nas.example"]) {
      expect(planOf(nfs(server), [[{}]]).rejected).toEqual(["spec.volumes[0].nfs.server"]);
    }
  });
});

describe("folders of the machine", () => {
  it("are mounted where there is one", () => {
    const plan = planOf({ hostPath: { path: "/data/" } }, [[{}], [{ subPath: "x" }]], { hostPaths: true });
    expect(plan.volumes).toEqual([
      { name: "v", type: "host", sourcePath: "/data" },
      { name: "v_1", type: "host", sourcePath: "/data/x" },
    ]);
    expect(planOf({ hostPath: { path: "/data" } }, [[{}]]).rejected).toEqual(["spec.volumes[0].hostPath"]);
  });
});
