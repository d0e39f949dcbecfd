import type { ResolvedPod, ResolvedVolume } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import { type EfsVolume, efsVolume, type FileSystemOptions, fileSystemOf } from "./elastic-file-system.ts";
import { type FilledVolume, fileVolumes } from "./file-volumes.ts";
import { containerNeeds, podNeeds } from "./resources.ts";
import { planSingleFiles } from "./single-files.ts";
import type { LocatedContainer } from "./spec-paths.ts";
import { overlap, partName, partsOf, subPathOf, type VolumeUse, volumeUses } from "./volume-uses.ts";

/** A volume of the task in the terms that ECS and Batch share. */
export type MappedVolume =
  /** Lives as long as the task; `mode`: what the pod asks its root to have. */
  | { readonly name: string; readonly type: "task"; readonly mode?: number }
  | { readonly name: string; readonly type: "efs"; readonly efs: EfsVolume }
  | { readonly name: string; readonly type: "host"; readonly sourcePath: string };

/** A mount of a whole volume of the task. */
export interface MappedMount {
  readonly sourceVolume: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
}

/** A file system in the memory of one container. */
export interface MappedTmpfs {
  readonly containerPath: string;
  readonly sizeMiB: number;
}

/** What the volumes and mounts of a pod become. */
export interface VolumePlan {
  readonly volumes: readonly MappedVolume[];
  readonly filled: readonly FilledVolume[];
  mountsOf(located: LocatedContainer): readonly MappedMount[];
  tmpfsOf(located: LocatedContainer): readonly MappedTmpfs[];
}

/** What decides about volumes. */
export interface VolumeOptions extends FileSystemOptions {
  /** Whether a container can have a file system in memory. */
  readonly tmpfs: boolean;
  /** Whether there is a machine whose folders can be mounted. */
  readonly hostPaths: boolean;
}

interface Parts {
  readonly volumes: readonly MappedVolume[];
  readonly filled?: readonly FilledVolume[];
  readonly tmpfs?: MappedTmpfs;
  readonly readOnly?: boolean;
}

type OfType<Type extends ResolvedVolume["type"]> = Extract<ResolvedVolume, { readonly type: Type }>;

/**
 * The volumes of a pod as volumes of a task. A mount takes a whole volume there, so that a part of one (`subPath`)
 * becomes a volume of its own, where that gives the same content; where it does not it is an issue.
 */
export function planVolumes(pod: ResolvedPod, options: VolumeOptions, account: FieldAccount): VolumePlan {
  const written = volumeUses(pod);
  const single = planSingleFiles(pod, written, account);
  const uses = written.filter((use) => !single.uses.has(use));
  const onlySingle = (name: string) =>
    written.some(({ volume }) => volume === name) && !uses.some(({ volume }) => volume === name);
  const planned = new Map(
    pod.volumes
      .filter(({ name }) => !onlySingle(name))
      .map((volume) => {
        const own = uses.filter((use) => use.volume === volume.name);
        return [volume.name, { own, parts: partsOfVolume(pod, volume, own, options, account) }];
      }),
  );
  const all = [...planned.values()];
  const usesOf = (located: LocatedContainer) => uses.filter((use) => use.located.path === located.path);
  return {
    volumes: [...all.flatMap(({ parts }) => parts.volumes), ...single.filled.map(taskVolume)],
    filled: [...all.flatMap(({ parts }) => parts.filled ?? []), ...single.filled],
    mountsOf: (located) =>
      outerFirst([
        ...single.mountsOf(located),
        ...usesOf(located).flatMap((use) => {
          const plan = planned.get(use.volume);
          if (!plan || plan.parts.tmpfs) return [];
          return [
            {
              sourceVolume: partName(use.volume, partsOf(plan.own), use.subPath),
              containerPath: located.container.mounts[use.index]?.mountPath ?? "",
              readOnly: use.readOnly || (plan.parts.readOnly ?? false),
            },
          ];
        }),
      ]),
    tmpfsOf: (located) => usesOf(located).flatMap((use) => planned.get(use.volume)?.parts.tmpfs ?? []),
  };
}

/** Mounts before those that lie within them, as Kubernetes has it; ECS does not say that it looks at the order. */
function outerFirst(mounts: readonly MappedMount[]): readonly MappedMount[] {
  const depth = ({ containerPath }: MappedMount) => containerPath.split("/").filter(Boolean).length;
  return mounts.toSorted((one, other) => depth(one) - depth(other));
}

function taskVolume({ name }: FilledVolume): MappedVolume {
  return { name, type: "task" };
}

function partsOfVolume(
  pod: ResolvedPod,
  volume: ResolvedVolume,
  uses: readonly VolumeUse[],
  options: VolumeOptions,
  account: FieldAccount,
): Parts {
  switch (volume.type) {
    case "emptyDir":
      return emptyDir(pod, volume, uses, options, account);
    case "files": {
      const filled = fileVolumes(volume, uses, account);
      return { volumes: filled.map(taskVolume), filled, readOnly: true };
    }
    case "reference":
      return reference(pod, volume, uses, options, account);
  }
}

function emptyDir(
  pod: ResolvedPod,
  volume: OfType<"emptyDir">,
  uses: readonly VolumeUse[],
  options: VolumeOptions,
  account: FieldAccount,
): Parts {
  const written = pod.pod.spec?.volumes?.find(({ name }) => name === volume.name)?.emptyDir;
  const mode = (written as { readonly mode?: unknown } | undefined)?.mode;
  const [only] = uses;
  if (volume.medium === "Memory") {
    const path = `${volumePath(pod, volume.name)}.emptyDir.medium`;
    const alone = only && uses.length === 1 && only.subPath === "" && !only.readOnly && mode === undefined;
    if (options.tmpfs && alone) {
      return { volumes: [], tmpfs: tmpfs(pod, volume, only) };
    }
    account.approximate(
      path,
      options.tmpfs
        ? "on the task's disk: memory cannot be shared by containers, mounted in parts or given a mode"
        : "on the task's disk, not in memory",
    );
  }
  const parts = partsOf(uses);
  if (overlap(parts)) {
    for (const use of uses.filter(({ subPath }) => subPath !== "")) {
      account.reject(
        subPathOf(use),
        "a mount takes a whole volume, and parts of this one lie within each other: mount all of it everywhere and use the path below it",
      );
    }
  }
  return {
    volumes: parts.map((part) => ({
      name: partName(volume.name, parts, part),
      type: "task",
      ...(typeof mode === "number" ? { mode } : {}),
    })),
  };
}

/** Where nothing is said the memory of the container, else of the pod, is the limit, as it is on a node. */
function tmpfs(pod: ResolvedPod, volume: OfType<"emptyDir">, { located, index }: VolumeUse): MappedTmpfs {
  const smallestTask = 512n;
  const memory = containerNeeds(located.container).memoryLimitMiB ?? podNeeds(pod).memoryMiB;
  const limit =
    volume.sizeLimitBytes === undefined ? memory : (volume.sizeLimitBytes + (1n << 20n) - 1n) >> 20n;
  return {
    containerPath: located.container.mounts[index]?.mountPath ?? "",
    sizeMiB: Number(limit > 0n ? limit : smallestTask),
  };
}

const fileSystemKinds: ReadonlySet<string> = new Set(["nfs", "persistentVolumeClaim"]);

function reference(
  pod: ResolvedPod,
  volume: OfType<"reference">,
  uses: readonly VolumeUse[],
  options: VolumeOptions,
  account: FieldAccount,
): Parts {
  const path = volumePath(pod, volume.name);
  const parts = partsOf(uses);
  if (fileSystemKinds.has(volume.kind)) {
    const fileSystem = fileSystemOf(pod, volume, path, options, account);
    if (!fileSystem) return { volumes: [] };
    for (const use of uses.filter(({ subPath }) => subPath !== "")) {
      if (fileSystem.accessPointId) {
        account.reject(
          subPathOf(use),
          "an access point fixes the directory: mount all of it, or use an access point for that directory",
        );
      } else account.approximate(subPathOf(use), "the directory must exist already");
    }
    return {
      readOnly: volume.source["readOnly"] === true,
      volumes: parts.map((part) => ({
        name: partName(volume.name, parts, part),
        type: "efs",
        efs: efsVolume(fileSystem, part),
      })),
    };
  }
  if (volume.kind === "hostPath" && options.hostPaths) {
    const root = String(volume.source["path"]).replace(/\/+$/, "");
    return {
      volumes: parts.map((part) => ({
        name: partName(volume.name, parts, part),
        type: "host",
        sourcePath: part === "" ? root || "/" : `${root}/${part}`,
      })),
    };
  }
  account.reject(
    `${path}.${volume.kind}`,
    "this kind of volume cannot be mounted here: use emptyDir, configMap, or a claim that the option fileSystems maps to EFS",
  );
  return { volumes: [] };
}

/** Path of a volume by its name. */
export function volumePath(pod: ResolvedPod, name: string): string {
  const index = pod.pod.spec?.volumes?.findIndex((volume) => volume.name === name) ?? -1;
  return index < 0 ? `spec.volumes[${name}]` : `spec.volumes[${index}]`;
}
