import type { Container, VolumeMount } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { issuesOf, podOf, resolvedOf, waitsOf } from "../testdata/resolve-fixture.ts";

const volumes = [{ name: "v" }, { name: "w", persistentVolumeClaim: { claimName: "data" } }];
const podWith = (mounts: readonly VolumeMount[], container: Partial<Container> = {}) =>
  podOf({ volumes }, { volumeMounts: mounts, ...container });
const mountsOf = (mounts: readonly VolumeMount[], container: Partial<Container> = {}) =>
  resolvedOf(podWith(mounts, container)).containers[0]?.mounts;
const place = "spec.containers[0].volumeMounts";

describe("mounts", () => {
  it("M1: a backslash is a character like any other, a NUL is none, a relative mount path lies below the root", () => {
    expect(mountsOf([{ name: "v", mountPath: "a b", subPath: "a\\..\\b/..c/./d" }])).toEqual([
      { volume: "v", mountPath: "/a b", readOnly: false, subPath: "a\\..\\b/..c/./d" },
    ]);
    const nul = [{ name: "v", mountPath: "/a\0", subPath: "b\0" }];
    expect(issuesOf(podWith(nul)).map(({ path }) => path)).toEqual([
      `${place}[0].mountPath`,
      `${place}[0].subPath`,
    ]);
  });

  it("V7: what subPathExpr expands to cannot leave the volume: the kubelet's texts, and the container waits", () => {
    const env = [
      { name: "ROOT", value: "/etc" },
      { name: "UP", value: "a/../.." },
    ];
    const wait = (subPathExpr: string) =>
      waitsOf(podWith([{ name: "v", mountPath: "/v", subPathExpr }], { env }))[0];
    expect(wait("$(ROOT)")).toEqual({
      container: "c",
      reason: "CreateContainerConfigError",
      message: "error SubPath `/etc` must not be an absolute path",
    });
    expect(wait("$(UP)")?.message).toBe("unable to provision SubPath `a/../..`: must not contain '..'");
  });

  it("V7: subPathExpr is refused beside subPath, and where it leaves the volume by itself", () => {
    const mounts = [{ name: "v", mountPath: "/v", subPath: "a", subPathExpr: "/../$(A)" }];
    expect(issuesOf(podWith(mounts))).toEqual([
      {
        path: `${place}[0].subPathExpr`,
        message: 'Invalid value: "/../$(A)": subPathExpr and subPath are mutually exclusive',
      },
      { path: `${place}[0].subPathExpr`, message: 'Invalid value: "/../$(A)": must be a relative path' },
      { path: `${place}[0].subPathExpr`, message: "Invalid value: \"/../$(A)\": must not contain '..'" },
    ]);
  });

  it("M1: mount paths are unique as they are written, volumes must exist", () => {
    const mounts = [
      { name: "v", mountPath: "/a" },
      { name: "v", mountPath: "/a/" },
      { name: "w", mountPath: "/a" },
      { name: "nope", mountPath: "/c" },
      { name: "", mountPath: "" },
    ];
    expect(issuesOf(podWith(mounts))).toEqual([
      { path: `${place}[2].mountPath`, message: 'Invalid value: "/a": must be unique' },
      { path: `${place}[3].name`, message: 'Not found: "nope"' },
      { path: `${place}[4].name`, message: "Required value" },
      { path: `${place}[4].name`, message: 'Not found: ""' },
      { path: `${place}[4].mountPath`, message: "Required value" },
    ]);
  });

  it("M6: recursiveReadOnly and mountPropagation are kept as they are asked for", () => {
    const mounts = [
      { name: "v", mountPath: "/a", readOnly: true, recursiveReadOnly: "IfPossible" },
      { name: "v", mountPath: "/b", readOnly: true, recursiveReadOnly: "Disabled", mountPropagation: "None" },
      { name: "v", mountPath: "/c", mountPropagation: "HostToContainer" },
    ];
    expect(mountsOf(mounts)).toEqual([
      { volume: "v", mountPath: "/a", readOnly: true, recursiveReadOnly: "IfPossible" },
      { volume: "v", mountPath: "/b", readOnly: true },
      { volume: "v", mountPath: "/c", readOnly: false, mountPropagation: "HostToContainer" },
    ]);
  });

  it("M6: recursiveReadOnly needs a read-only mount without propagation, Bidirectional a privileged container", () => {
    const both = {
      name: "v",
      mountPath: "/a",
      recursiveReadOnly: "Enabled",
      mountPropagation: "Bidirectional",
    };
    const odd = { name: "v", mountPath: "/b", recursiveReadOnly: "Maybe", mountPropagation: "Both" };
    expect(issuesOf(podWith([both, odd]))).toEqual([
      {
        path: `${place}[0].mountPropagation`,
        message: "Forbidden: Bidirectional mount propagation is available only to privileged containers",
      },
      {
        path: `${place}[0].recursiveReadOnly`,
        message: "Forbidden: may only be specified when readOnly is true",
      },
      {
        path: `${place}[0].recursiveReadOnly`,
        message: "Forbidden: may only be specified when mountPropagation is None or not specified",
      },
      {
        path: `${place}[1].mountPropagation`,
        message: 'Unsupported value: "Both": supported values: "Bidirectional", "HostToContainer", "None"',
      },
      {
        path: `${place}[1].recursiveReadOnly`,
        message: 'Unsupported value: "Maybe": supported values: "Disabled", "Enabled", "IfPossible"',
      },
    ]);
    const privileged = { securityContext: { privileged: true } };
    expect(
      mountsOf([{ name: "v", mountPath: "/a", mountPropagation: "Bidirectional" }], privileged),
    ).toMatchObject([{ mountPropagation: "Bidirectional" }]);
  });

  it("M1: block devices need a claim, a path and a name that no mount has", () => {
    const volumeDevices = [
      { name: "w", devicePath: "/dev/a" },
      { name: "v", devicePath: "/dev/../b" },
      { name: "nope", devicePath: "/m" },
      { name: "w", devicePath: "" },
    ];
    const issues = issuesOf(podWith([{ name: "v", mountPath: "/m" }], { volumeDevices }));
    const devices = "spec.containers[0].volumeDevices";
    expect(
      issues.map(({ path, message }) => [path, message.replace(/^Invalid value: "[^"]*": /, "")]),
    ).toEqual([
      [`${place}[0].name`, "must not already exist in volumeDevices"],
      [`${place}[0].mountPath`, "must not already exist as a path in volumeDevices"],
      [
        `${devices}[1].name`,
        "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode",
      ],
      [`${devices}[1].devicePath`, "can not contain backsteps ('..')"],
      [`${devices}[1].name`, "must not already exist in volumeMounts"],
      [`${devices}[2].name`, 'Not found: "nope"'],
      [`${devices}[2].devicePath`, "must not already exist as a path in volumeMounts"],
      [`${devices}[3].name`, "must be unique"],
      [`${devices}[3].devicePath`, "Required value"],
    ]);
  });
});
