import type { ResolvedPod } from "@vkubelet/core";
import { type LocatedContainer, locateContainers } from "./spec-paths.ts";

/** One mount of one container. */
export interface VolumeUse {
  readonly located: LocatedContainer;
  /** In `volumeMounts`. */
  readonly index: number;
  readonly volume: string;
  /** Below the volume's root, without needless `/` and `.`; empty for the whole volume. */
  readonly subPath: string;
  readonly readOnly: boolean;
}

/** Every mount of the pod, in order. */
export function volumeUses(pod: ResolvedPod): readonly VolumeUse[] {
  return locateContainers(pod).flatMap((located) =>
    located.container.mounts.map(({ volume, subPath = "", readOnly }, index) => ({
      located,
      index,
      volume,
      subPath: subPath
        .split("/")
        .filter((part) => part !== "" && part !== ".")
        .join("/"),
      readOnly,
    })),
  );
}

/** Where the part of a volume that a mount takes is written. */
export function subPathOf({ located, index }: VolumeUse): string {
  const written = located.written.volumeMounts?.[index];
  const field = written?.subPathExpr ? "subPathExpr" : "subPath";
  return `${located.path}.volumeMounts[${index}].${field}`;
}

/** The distinct parts of a volume that are mounted; `""` for the whole, which is also what an unused volume has. */
export function partsOf(uses: readonly VolumeUse[]): readonly string[] {
  const parts = [...new Set(uses.map(({ subPath }) => subPath))];
  return parts.length === 0 ? [""] : parts;
}

/** A name of the task for a part of a volume; `_` cannot occur in the names of a pod's own volumes. */
export function partName(volume: string, parts: readonly string[], part: string): string {
  return part === "" ? volume : `${volume}_${parts.indexOf(part)}`;
}

/** Whether some part lies within another, so that what is written to one shows in the other. */
export function overlap(parts: readonly string[]): boolean {
  return parts.some((part) =>
    parts.some((other) => other !== part && (other === "" || part.startsWith(`${other}/`))),
  );
}
