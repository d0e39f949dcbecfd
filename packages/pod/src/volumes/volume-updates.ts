import type { ResolvedFile, ResolvedPod, ResolvedVolume } from "@vkubelet/core";

/** What has to change in one volume of a running pod. */
export interface VolumeUpdate {
  readonly volume: string;
  /** Every file that the volume holds from now on: they are to appear together (pod-semantics C4). */
  readonly files: readonly ResolvedFile[];
  /** Paths of files that are new or have another content or mode; sorted. */
  readonly written: readonly string[];
  /** Paths of files that are gone; sorted. */
  readonly removed: readonly string[];
  /** Mounts through which containers see the change: never those with a `subPath` (C5). In spec order. */
  readonly mounts: readonly { readonly container: string; readonly mountPath: string }[];
}

/**
 * The volumes of a running pod whose files differ from those that it was created with: what the kubelet brings to the
 * files of ConfigMaps, Secrets, tokens and the downward API while the pod runs (C5, D7). `before` and `after` are
 * resolutions of the same pod. Environment and mounts are fixed at the start of a container and never part of the
 * answer (N6). Pure. Whether an object is immutable, so that one of the same name made anew must not reach a pod, is
 * known to the host alone, which then resolves from the object it has.
 */
export function volumeUpdates(before: ResolvedPod, after: ResolvedPod): readonly VolumeUpdate[] {
  return after.volumes.flatMap((volume) => {
    const old = before.volumes.find(({ name }) => name === volume.name);
    if (volume.type !== "files" || old?.type !== "files") return [];
    const written = changedPaths(old, volume);
    const kept = new Set(volume.files.map(({ path }) => path));
    const removed = old.files.map(({ path }) => path).filter((path) => !kept.has(path));
    if (written.length + removed.length === 0) return [];
    const mounts = mountsOf(before, volume.name);
    return [{ volume: volume.name, files: volume.files, written, removed: removed.sort(), mounts }];
  });
}

type Files = Extract<ResolvedVolume, { type: "files" }>;

function changedPaths(before: Files, after: Files): readonly string[] {
  const old = new Map(before.files.map((file) => [file.path, file]));
  const changed = after.files.filter((file) => {
    const known = old.get(file.path);
    return !known || known.mode !== file.mode || !sameBytes(known.content, file.content);
  });
  return changed.map(({ path }) => path).sort();
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

function mountsOf(pod: ResolvedPod, volume: string): VolumeUpdate["mounts"] {
  return [...pod.initContainers, ...pod.containers].flatMap(({ name, mounts }) =>
    mounts
      .filter((mount) => mount.volume === volume && !mount.subPath)
      .map(({ mountPath }) => ({ container: name, mountPath })),
  );
}
