import type { ResolvedContainer } from "@vkubelet/core";
import { bytesOf, ceilMiB, milliCpu } from "@vkubelet/pod";
import type { TaskResources } from "./job-spec.ts";
import type { NomadTranslateOptions } from "./options.ts";

/** What Nomad reserves for a task: CPU in MHz, memory in MiB. A container that asks for nothing gets the defaults. */
export function taskResources(
  container: ResolvedContainer,
  options: NomadTranslateOptions,
  secretBytes: number,
): TaskResources {
  const { requests, limits } = container.resources;
  const milli = Number(milliCpu(requests) || milliCpu(limits));
  const requested = mebibytes(requests);
  const limit = mebibytes(limits);
  const memory = memoryOf(requested, limit, options);
  const gpus = Number(requests["nvidia.com/gpu"] ?? limits["nvidia.com/gpu"] ?? 0);
  return {
    CPU: milli === 0 ? options.defaultCpuMHz : Math.max(1, Math.ceil((milli * options.mhzPerCore) / 1_000)),
    ...memory,
    ...(secretBytes > 900_000 ? { SecretsMB: Math.ceil((secretBytes * 1.2) / 1_048_576) } : {}),
    ...(gpus > 0 ? { Devices: [{ Name: "nvidia/gpu", Count: gpus }] } : {}),
  };
}

/** Without oversubscription Nomad enforces what it reserves, so the limit is what must be reserved. */
function memoryOf(
  requested: number,
  limit: number,
  options: NomadTranslateOptions,
): Pick<TaskResources, "MemoryMB" | "MemoryMaxMB"> {
  if (requested === 0 && limit === 0) return { MemoryMB: options.defaultMemoryMiB };
  if (!options.memoryOversubscription) return { MemoryMB: Math.max(10, limit, requested) };
  const reserved = Math.max(10, requested || limit);
  return limit > reserved ? { MemoryMB: reserved, MemoryMaxMB: limit } : { MemoryMB: reserved };
}

/** Whether the pod gets a hard CPU limit: only where Nomad's limit, which equals the reservation, is the pod's. */
export function hasHardCpuLimit(container: ResolvedContainer): boolean {
  const limit = milliCpu(container.resources.limits);
  return limit > 0n && limit === milliCpu(container.resources.requests);
}

function mebibytes(list: Readonly<Record<string, string>>): number {
  return Number(ceilMiB(bytesOf(list, "memory")));
}
