import type { ResolvedFile, ResolvedVolume } from "@vkubelet/core";
import { FieldNotes } from "@vkubelet/pod";
import { describe, expect, it } from "vitest";
import { resolvedContainer, resolvedPod } from "../testdata/pods.ts";
import { EmptyDirFolders } from "./empty-dirs.ts";
import { defaultTranslateOptions, type NomadTranslateOptions } from "./options.ts";
import { volumeRequests } from "./reference-volumes.ts";
import { VariableBuilder } from "./variables.ts";
import { taskVolumes } from "./volumes.ts";

const file = (
  path: string,
  content: string | Uint8Array,
  change: Partial<ResolvedFile> = {},
): ResolvedFile => ({
  path,
  content: typeof content === "string" ? new TextEncoder().encode(content) : content,
  mode: 0o644,
  secret: false,
  ...change,
});

function translate(volume: ResolvedVolume, change: { subPath?: string; users?: number } = {}) {
  const mounts = [
    { volume: "v", mountPath: "/m", readOnly: false, ...(change.subPath && { subPath: change.subPath }) },
  ];
  const users = Array.from({ length: change.users ?? 1 }, (_, index) =>
    resolvedContainer(`c${index}`, { mounts }),
  );
  const pod = resolvedPod({ containers: users, volumes: [volume] });
  const secrets = new VariableBuilder("nomad/jobs/j/pod/c0");
  const notes = new FieldNotes();
  const [container] = pod.containers;
  if (container === undefined) throw new Error("no container");
  const result = taskVolumes(pod, container, "spec.containers[0]", secrets, new EmptyDirFolders(pod), notes);
  return { ...result, items: secrets.items, issues: notes.rejected };
}

describe("volumes outside the job", () => {
  const pvc: ResolvedVolume = {
    name: "v",
    type: "reference",
    kind: "persistentVolumeClaim",
    source: { claimName: "data", readOnly: true },
  };

  it("binds a hostPath, with the part that subPath names", () => {
    const volume: ResolvedVolume = {
      name: "v",
      type: "reference",
      kind: "hostPath",
      source: { path: "/srv/" },
    };
    expect(translate(volume).volumes).toEqual(["/srv/:/m"]);
    expect(translate(volume, { subPath: "a" }).volumes).toEqual(["/srv/a:/m"]);
  });

  it("M2: lets docker mount NFS, whole, and copies nothing of the image into it", () => {
    const volume: ResolvedVolume = {
      name: "v",
      type: "reference",
      kind: "nfs",
      source: { server: "nfs.example", path: "/data", readOnly: true },
    };
    expect(translate(volume).mounts).toEqual([
      {
        type: "volume",
        target: "/m",
        source: "vk-nfs-nfs.example_data",
        readonly: true,
        volume_options: {
          no_copy: true,
          driver_config: {
            name: "local",
            options: [{ type: "nfs", o: "addr=nfs.example,ro", device: ":/data" }],
          },
        },
      },
    ]);
    expect(translate(volume, { subPath: "a" }).issues).toMatchObject([
      { path: "spec.containers[0].volumeMounts[0].subPath" },
    ]);
  });

  it("mounts the registered volume that stands for a claim", () => {
    expect(translate(pvc).registered).toEqual([
      { Volume: "v", Destination: "/m", ReadOnly: true, PropagationMode: "private" },
    ]);
    const pod = resolvedPod({ volumes: [pvc] });
    const request = (claims: NomadTranslateOptions["claims"]) => {
      const notes = new FieldNotes();
      const options = { ...defaultTranslateOptions, nodeName: "n", claims };
      return { requests: volumeRequests(pod, options, notes), rejected: notes.rejected };
    };
    expect(request({ data: { type: "host", source: "disk" } }).requests).toEqual({
      v: { Name: "v", Type: "host", Source: "disk", ReadOnly: true },
    });
    expect(
      request({ data: { type: "host", source: "other" }, "team/data": { type: "csi", source: "ebs" } })
        .requests,
    ).toEqual({
      v: {
        Name: "v",
        Type: "csi",
        Source: "ebs",
        ReadOnly: true,
        AccessMode: "single-node-writer",
        AttachmentMode: "file-system",
      },
    });
    expect(request({}).rejected).toMatchObject([
      { path: "spec.volumes[0].persistentVolumeClaim", message: expect.stringContaining("claim data") },
    ]);
  });
});

describe("taskVolumes", () => {
  it("renders text as it is, and what a job cannot hold as base64", () => {
    const files = [
      file("a/b.conf", "x = {{ y }}"),
      file("bin", Uint8Array.from([0, 255])),
      file("empty", ""),
    ];
    const { templates, mounts } = translate({ name: "v", type: "files", files });
    expect(templates).toMatchObject([
      { EmbeddedTmpl: "x = {{ y }}", DestPath: "vk/v/a/b.conf", Perms: "0644", LeftDelim: "<<vk0:" },
      { EmbeddedTmpl: '{{ "AP8=" | base64Decode }}', DestPath: "vk/v/bin" },
      { EmbeddedTmpl: '{{ "" | base64Decode }}', DestPath: "vk/v/empty" },
    ]);
    expect(mounts).toEqual([{ type: "bind", source: "vk/v", target: "/m", readonly: true }]);
  });

  it("keeps files from Secrets in the variable, and the whole volume where secrets lie", () => {
    const files = [file("key", "geheim", { secret: true, mode: 0o400 }), file("plain", "x")];
    const { templates, mounts, items, secretBytes } = translate({ name: "v", type: "files", files });
    expect(items).toEqual({ f0: btoa("geheim") });
    expect(templates.map((template) => [template.DestPath, template.Perms])).toEqual([
      ["secrets/vk/v/key", "0400"],
      ["secrets/vk/v/plain", "0644"],
    ]);
    expect(JSON.stringify(templates)).not.toContain(btoa("geheim"));
    expect(mounts[0]).toMatchObject({ source: "secrets/vk/v" });
    expect(secretBytes).toBe(7);
  });

  it("mounts one file or folder of a volume", () => {
    const { mounts } = translate({ name: "v", type: "files", files: [file("a/b", "x")] }, { subPath: "a/b" });
    expect(mounts[0]).toMatchObject({ source: "vk/v/a/b" });
  });

  it("puts emptyDirs where their containers reach them, and empty volumes into a folder that docker makes", () => {
    const emptyDir = { name: "v", type: "emptyDir", medium: "" } as const;
    expect(translate(emptyDir).volumes).toEqual(["local:/m"]);
    expect(translate(emptyDir, { users: 2 }).volumes).toEqual(["../alloc/data:/m"]);
    expect(translate({ name: "v", type: "files", files: [] }).volumes).toEqual(["../alloc/vk-v:/m"]);
  });

  it("gives a memory volume to one container, and refuses to share it", () => {
    const memory = { name: "v", type: "emptyDir", medium: "Memory", sizeLimitBytes: 1_048_576n } as const;
    const { mounts, issues } = translate(memory);
    expect(mounts).toEqual([
      { type: "tmpfs", target: "/m", tmpfs_options: { size: 1_048_576, mode: 0o777 } },
    ]);
    expect(issues).toEqual([]);
    expect(translate(memory, { users: 2 }).issues.map((issue) => issue.path)).toEqual([
      "spec.containers[0].volumeMounts[0]",
    ]);
  });
});
