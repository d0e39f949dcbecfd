import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Container, ResolvedPod } from "@vkubelet/core";
import { FieldNotes } from "@vkubelet/pod";
import { resolvedPodOf } from "@vkubelet/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { filesWriter } from "./files-writer.ts";
import { locateContainers } from "./spec-paths.ts";
import { planVolumes } from "./volume-mapping.ts";

const configMaps = { app: { data: { "a.conf": "A", "b.conf": "B" } }, more: { data: { "c.conf": "C" } } };
const volumes = [
  { name: "config", configMap: { name: "app" } },
  { name: "more", projected: { sources: [{ configMap: { name: "more" } }] } },
];

/** A mount of one file: volume, file of it, path in the container. */
type Mount = readonly [string, string, string];

const mountOf = ([name, subPath, mountPath]: Mount) => ({ name, mountPath, ...(subPath ? { subPath } : {}) });

function podOf(...containers: readonly (readonly Mount[])[]): ResolvedPod {
  const written = containers.map(
    (mounts, index): Container => ({ name: `c${index}`, image: "a", volumeMounts: mounts.map(mountOf) }),
  );
  return resolvedPodOf({ containers: written, volumes }, 0, { configMaps });
}

function planOf(pod: ResolvedPod) {
  const notes = new FieldNotes();
  const options = { region: "eu-west-1", hasTaskRole: false, tmpfs: false, hostPaths: false };
  const plan = planVolumes(pod, options, notes);
  const mounts = locateContainers(pod).map((located) =>
    plan.mountsOf(located).map((mount) => `${mount.sourceVolume} ${mount.containerPath} ${mount.readOnly}`),
  );
  const filled = plan.filled.map(({ name, files, mountPoints }) => ({
    name,
    files: files.map(({ source, file, path }) => `${source}/${file.path} ${path}`),
    mountPoints,
  }));
  const used = plan.filled.filter(({ name }) => name.startsWith("vkubelet_"));
  return { plan, mounts, filled, used, rejected: notes.rejected };
}

describe("mounts of single files", () => {
  it("are rejected by path, and the pod may accept a read-only volume in the place of the directory around them", () => {
    const { rejected, mounts, filled, plan } = planOf(podOf([["config", "a.conf", "/app/conf/x.conf"]]));
    expect(rejected).toEqual([
      {
        path: "spec.containers[0].volumeMounts[0].subPath",
        message: expect.stringContaining("not a single file: mount the volume at a directory of its own"),
        accepted: expect.stringContaining("/app/conf is replaced by a read-only directory"),
      },
    ]);
    expect(mounts).toEqual([["vkubelet_files_0 /app/conf true"]]);
    expect(filled).toContainEqual({
      name: "vkubelet_files_0",
      files: ["config/a.conf x.conf"],
      mountPoints: [],
    });
    expect(plan.volumes.map(({ name }) => name)).toEqual(["more", "vkubelet_files_0"]);
  });

  it("of one directory share a volume, whatever volumes they come from", () => {
    const { mounts, used, rejected } = planOf(
      podOf([
        ["more", "c.conf", "/app/z"],
        ["config", "b.conf", "/app//y"],
        ["config", "a.conf", "/other/x"],
      ]),
    );
    expect(rejected).toHaveLength(3);
    expect(mounts).toEqual([["vkubelet_files_0 /app true", "vkubelet_files_1 /other true"]]);
    expect(used.map(({ files }) => files.map(({ path }) => path))).toEqual([["y", "z"], ["x"]]);
  });

  it("share a volume among containers that have the same files, wherever they have them", () => {
    const { mounts } = planOf(
      podOf(
        [["config", "a.conf", "/one/x"]],
        [["config", "a.conf", "/two/x"]],
        [["config", "a.conf", "/two/y"]],
      ),
    );
    expect(mounts).toEqual([
      ["vkubelet_files_0 /one true"],
      ["vkubelet_files_0 /two true"],
      ["vkubelet_files_1 /two true"],
    ]);
  });

  it("leave room for what is mounted below the directory", () => {
    const { mounts, used } = planOf(
      podOf([
        ["config", "a.conf", "/app/x"],
        ["config", "", "/app/all/"],
        ["more", "c.conf", "/app/deep/er/z"],
      ]),
    );
    expect(mounts).toEqual([
      ["vkubelet_files_0 /app true", "config /app/all/ true", "vkubelet_files_1 /app/deep/er true"],
    ]);
    expect(used.map(({ mountPoints }) => mountPoints)).toEqual([["all", "deep/er"], []]);
  });

  it("offer nothing where the directory cannot be replaced", () => {
    const { rejected, mounts, plan } = planOf(podOf([["config", "a.conf", "/etc/x"]]));
    expect(rejected).toMatchObject([
      { path: "spec.containers[0].volumeMounts[0].subPath", message: expect.stringContaining("/etc") },
    ]);
    expect(rejected[0]?.accepted).toBeUndefined();
    expect(mounts).toEqual([[]]);
    expect(plan.volumes.map(({ name }) => name)).toEqual(["more"]);
  });

  it("name the field that was written", () => {
    const mount = { name: "config", mountPath: "/app/x", subPathExpr: "$(FILE)" };
    const container = {
      name: "c",
      image: "a",
      env: [{ name: "FILE", value: "a.conf" }],
      volumeMounts: [mount],
    };
    const { rejected, mounts } = planOf(
      resolvedPodOf({ containers: [container], volumes }, 0, { configMaps }),
    );
    expect(rejected.map(({ path }) => path)).toEqual(["spec.containers[0].volumeMounts[0].subPathExpr"]);
    expect(mounts).toEqual([["vkubelet_files_0 /app true"]]);
  });
});

describe("the script that writes single files", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "vkubelet-single-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("writes them under their names, makes the directories for other mounts, and sends each content once", () => {
    const pod = podOf([
      ["config", "a.conf", "/app/x"],
      ["more", "c.conf", "/app/z"],
      ["config", "", "/app/all"],
    ]);
    const { plan } = planOf(pod);
    const secrets = { policy: "reject" as const, arns: {}, hasExecutionRole: true };
    const writer = filesWriter(pod, plan, "busybox", secrets, new FieldNotes());
    const script = writer?.command?.[2]?.replaceAll("'/vkubelet/", `'${folder}/`) ?? "";
    const variables = writer?.environment.map(({ name, value }) => [name, value]) ?? [];
    expect(variables).toHaveLength(3);
    execFileSync("sh", ["-c", script], {
      env: { PATH: process.env["PATH"], ...Object.fromEntries(variables) },
    });
    const made = join(folder, "vkubelet_files_0");
    expect(readdirSync(made).sort()).toEqual(["all", "x", "z"]);
    expect(readFileSync(join(made, "x"), "utf8")).toBe("A");
    expect(readFileSync(join(made, "z"), "utf8")).toBe("C");
    expect(readdirSync(join(folder, "config")).sort()).toEqual(["a.conf", "b.conf"]);
    expect(writer?.mounts.map(({ sourceVolume }) => sourceVolume)).toEqual(["config", "vkubelet_files_0"]);
  });
});
