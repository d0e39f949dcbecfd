import type { Pod, ResolvedVolume, Volume } from "@vkubelet/core";
import type { Resolution, ResolveInputs } from "../resolve/resolution.ts";
import { parsedQuantity } from "./empty-dir.ts";
import { checkVolumes, claimNameOf, sourceKinds } from "./volume-checks.ts";
import { resolveFiles } from "./volume-files.ts";

/** The volumes of the pod in order: what is missing is noted as waits, what can never work as issues. */
export function resolveVolumes(
  pod: Pod,
  inputs: ResolveInputs,
  resolution: Resolution,
): readonly ResolvedVolume[] {
  checkVolumes(pod, resolution);
  return (pod.spec?.volumes ?? []).flatMap((volume, index) => {
    const path = `spec.volumes[${index}]`;
    const { name } = volume;
    const files = resolveFiles({ pod, volume, path, inputs, resolution });
    if (files) return [{ name, type: "files" as const, files }];
    return emptyDirOf(volume) ?? referenceOf(pod, volume, path, resolution);
  });
}

/**
 * Whether a volume can only be read, whatever its mounts say: those with files of the cluster, images, and those whose
 * source says so.
 */
export function isReadOnlyVolume(volume: ResolvedVolume | undefined): boolean {
  if (volume?.type === "files") return true;
  return volume?.type === "reference" && (volume.kind === "image" || volume.source["readOnly"] === true);
}

/** An emptyDir on disk or in memory; one of huge pages is passed on as it stands. */
function emptyDirOf(volume: Volume): ResolvedVolume | undefined {
  const { name, emptyDir } = volume;
  const medium = emptyDir?.medium ?? "";
  const [kind] = sourceKinds(volume);
  // A volume without a source is an emptyDir by the API's default.
  if ((kind !== undefined && kind !== "emptyDir") || (medium !== "" && medium !== "Memory")) return undefined;
  const sizeLimitBytes = sizeLimitOf(emptyDir);
  return { name, type: "emptyDir", medium, ...(sizeLimitBytes !== undefined && { sizeLimitBytes }) };
}

/** Zero means no limit, as for the kubelet's eviction; what is no quantity has been refused before. */
function sizeLimitOf(emptyDir: Volume["emptyDir"]): bigint | undefined {
  const limit = parsedQuantity(emptyDir?.sizeLimit ?? 0);
  return limit?.isPositive() ? limit.ceilToInteger() : undefined;
}

function referenceOf(pod: Pod, volume: Volume, path: string, resolution: Resolution): ResolvedVolume[] {
  const [entry] = Object.entries(volume).filter(([key, value]) => key !== "name" && value != null);
  if (!entry) return [];
  const [kind, source] = entry;
  if (typeof source !== "object" || source === null) {
    resolution.issue(`${path}.${kind}`, "is not an object");
    return [];
  }
  const claimName = claimNameOf(pod, volume);
  const reference = { name: volume.name, type: "reference" as const, kind };
  return [
    {
      ...reference,
      source: source as Readonly<Record<string, unknown>>,
      ...(claimName !== undefined && { claimName }),
    },
  ];
}
