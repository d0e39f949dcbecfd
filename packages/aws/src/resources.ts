import type { ResolvedContainer, ResolvedPod } from "@vkubelet/core";
import { effectiveResources, type FieldAccount, Quantity } from "@vkubelet/pod";
import { locateContainers } from "./spec-paths.ts";

/** What a whole pod needs, rounded up to the units of AWS (rule E8). */
export interface PodNeeds {
  readonly milliCpu: bigint;
  readonly memoryMiB: bigint;
  /** 0 when the pod does not say. What volumes on disk may hold counts where it is more than what containers name. */
  readonly ephemeralGiB: bigint;
}

const mebibyte = 1n << 20n;
const gibibyte = 1n << 30n;

function ceilDivide(value: bigint, unit: bigint): bigint {
  return (value + unit - 1n) / unit;
}

/**
 * The effective request of the pod (rules E1 to E7). Memory and storage cover the limits where these are higher, since
 * a container may use them and nothing can be taken from a neighbour.
 */
export function podNeeds(pod: ResolvedPod): PodNeeds {
  const { requests, limits } = effectiveResources(pod.pod.spec ?? { containers: [] });
  const highest = (name: string) =>
    (requests.get(name) ?? Quantity.zero).max(limits.get(name) ?? Quantity.zero);
  return {
    milliCpu: (requests.get("cpu") ?? Quantity.zero).ceilToMilli(),
    memoryMiB: ceilDivide(highest("memory").ceilToInteger(), mebibyte),
    ephemeralGiB: ceilDivide(
      highest("ephemeral-storage")
        .max(Quantity.ofInteger(volumesOnDisk(pod)))
        .ceilToInteger(),
      gibibyte,
    ),
  };
}

/** The sum of what emptyDir volumes may hold, in bytes. */
function volumesOnDisk(pod: ResolvedPod): bigint {
  return pod.volumes.reduce(
    (sum, volume) =>
      volume.type === "emptyDir" && volume.medium === "" ? sum + (volume.sizeLimitBytes ?? 0n) : sum,
    0n,
  );
}

/** What one container asks for; undefined where it does not say. */
export interface ContainerNeeds {
  readonly milliCpu: bigint | undefined;
  readonly memoryRequestMiB: bigint | undefined;
  readonly memoryLimitMiB: bigint | undefined;
}

/** The container's own numbers, rounded up. */
export function containerNeeds(container: ResolvedContainer): ContainerNeeds {
  const { requests, limits } = container.resources;
  const mebibytes = (text: string | undefined) =>
    text === undefined ? undefined : ceilDivide(Quantity.parse(text).ceilToInteger(), mebibyte);
  return {
    milliCpu: requests["cpu"] === undefined ? undefined : Quantity.parse(requests["cpu"]).ceilToMilli(),
    memoryRequestMiB: mebibytes(requests["memory"]),
    memoryLimitMiB: mebibytes(limits["memory"]),
  };
}

const gpu = "nvidia.com/gpu";

/** Rejects every resource whose name is not in `known`: devices, huge pages and the like. */
export function rejectUnknownResources(
  pod: ResolvedPod,
  known: ReadonlySet<string>,
  account: FieldAccount,
): void {
  for (const { container, path } of locateContainers(pod)) {
    for (const list of ["requests", "limits"] as const) {
      for (const name of Object.keys(container.resources[list])) {
        if (known.has(name)) continue;
        // A request that was only defaulted from its limit is reported once, where the user wrote it.
        if (list === "requests" && container.resources.limits[name] !== undefined) continue;
        account.reject(
          `${path}.resources.${list}${/^[\w-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`}`,
          name === gpu
            ? "Fargate has no GPUs: use a node for a Batch queue on EC2"
            : "this backend has no such resource",
        );
      }
    }
  }
}
