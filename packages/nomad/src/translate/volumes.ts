import type { ResolvedContainer, ResolvedFile, ResolvedPod, ResolvedVolume } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import { type EmptyDirFolders, rootFolder } from "./empty-dirs.ts";
import { literalDelimiters } from "./escape.ts";
import type { Template, VolumeMountSpec } from "./job-spec.ts";
import { referenceMount } from "./reference-volumes.ts";
import { base64, type VariableBuilder } from "./variables.ts";

/** What a container's mounts become in its task. */
export interface TaskVolumes {
  readonly templates: readonly Template[];
  /** The docker driver's `mount` entries. */
  readonly mounts: readonly Readonly<Record<string, unknown>>[];
  /** The docker driver's `volumes` entries; unlike mounts their source may not exist yet. */
  readonly volumes: readonly string[];
  /** Mounts of volumes that are registered with Nomad. */
  readonly registered: readonly VolumeMountSpec[];
  /** Bytes that come to lie in the task's secrets folder. */
  readonly secretBytes: number;
}

const serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The mounts of one container of a docker task. */
export function taskVolumes(
  pod: ResolvedPod,
  container: ResolvedContainer,
  path: string,
  secrets: VariableBuilder,
  emptyDirs: EmptyDirFolders,
  account: FieldAccount,
): TaskVolumes {
  const templates: Template[] = [];
  const mounts: Readonly<Record<string, unknown>>[] = [];
  const volumes: string[] = [];
  const registered: VolumeMountSpec[] = [];
  let secretBytes = 0;
  const rendered = new Set<string>();
  container.mounts.forEach((mount, index) => {
    const volume = pod.volumes.find((candidate) => candidate.name === mount.volume);
    if (volume === undefined) return;
    const at = `${path}.volumeMounts[${index}]`;
    if (volume.type === "reference") {
      const reference = referenceMount(volume, mount, at, account);
      if (reference?.type === "bind") volumes.push(reference.text);
      if (reference?.type === "mount") mounts.push(reference.mount);
      if (reference?.type === "registered") registered.push(reference.mount);
      return;
    }
    if (volume.type === "emptyDir" && volume.medium === "Memory") {
      mounts.push(memoryMount(pod, volume, mount.mountPath, at, account));
      return;
    }
    if (volume.type === "emptyDir" || volume.files.length === 0) {
      const source =
        volume.type === "emptyDir" ? emptyDirs.sourceOf(mount) : rootFolder(volume.name, mount.subPath);
      volumes.push(`${source}:${mount.mountPath}${mount.readOnly ? ":ro" : ""}`);
      return;
    }
    const folder = fileFolder(volume.name, volume.files);
    if (!rendered.has(volume.name)) {
      rendered.add(volume.name);
      for (const file of volume.files) {
        templates.push(fileTemplate(file, folder, secrets));
        if (folder.startsWith("secrets/")) secretBytes += file.content.length;
      }
    }
    const below = mount.subPath ? `/${mount.subPath}` : "";
    mounts.push({ type: "bind", source: `${folder}${below}`, target: mount.mountPath, readonly: true });
  });
  return { templates, mounts, volumes, registered, secretBytes };
}

/** Processes without a filesystem of their own have no mounts; only the token that admission adds may be left out. */
export function unmountable(container: ResolvedContainer, path: string, account: FieldAccount): void {
  container.mounts.forEach((mount, index) => {
    if (mount.mountPath === serviceAccountFolder) return;
    account.reject(
      `${path}.volumeMounts[${index}]`,
      "raw_exec runs on the client's own filesystem and mounts nothing; use the docker driver",
    );
  });
}

/** The folder within the task's own: one Secret file among them moves the whole volume to where secrets lie. */
function fileFolder(volume: string, files: readonly ResolvedFile[]): string {
  return `${files.some((file) => file.secret) ? "secrets/" : ""}vk/${volume}`;
}

function fileTemplate(file: ResolvedFile, folder: string, secrets: VariableBuilder): Template {
  const common = {
    DestPath: `${folder}/${file.path}`,
    ChangeMode: "noop",
    Perms: `0${(file.mode & 0o777).toString(8).padStart(3, "0")}`,
  } as const;
  if (file.secret) {
    const key = secrets.add("file", base64(file.content));
    return {
      EmbeddedTmpl: `{{ with nomadVar "${secrets.path}" }}{{ .${key}.Value | base64Decode }}{{ end }}`,
      ...common,
    };
  }
  const text = textOf(file.content);
  if (text === undefined) {
    return { EmbeddedTmpl: `{{ "${base64(file.content)}" | base64Decode }}`, ...common };
  }
  return { EmbeddedTmpl: text, ...common, ...literalDelimiters(text) };
}

/** The text of a file, undefined where a job could not hold it as it is: binary, or empty, which Nomad refuses. */
function textOf(content: Uint8Array): string | undefined {
  if (content.length === 0 || content.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    // Not UTF-8: the caller carries it as base64.
    return undefined;
  }
}

function memoryMount(
  pod: ResolvedPod,
  volume: Extract<ResolvedVolume, { type: "emptyDir" }>,
  target: string,
  path: string,
  account: FieldAccount,
): Readonly<Record<string, unknown>> {
  const users = [...pod.initContainers, ...pod.containers].filter((container) =>
    container.mounts.some((mount) => mount.volume === volume.name),
  );
  if (users.length > 1) {
    account.reject(
      path,
      `emptyDir ${volume.name} of medium Memory cannot be shared by ${users.length} containers; leave the medium out`,
    );
  }
  const size = volume.sizeLimitBytes === undefined ? {} : { size: Number(volume.sizeLimitBytes) };
  return { type: "tmpfs", target, tmpfs_options: { ...size, mode: 0o777 } };
}
