import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../state/files.ts";
import { layout } from "../state/layout.ts";
import { rootLayers } from "../state/prepare-root.ts";
import type { InstanceSnapshot } from "../state/snapshot.ts";
import type { PlannedLimit, ProcessPlan } from "../translate/process-plan.ts";

/** How often local storage with a limit is measured, in milliseconds: as the kubelet's eviction manager does. */
export const measureIntervalMs = 10_000;

/** Whether anything of the plan is to be measured. */
export function hasStorageLimits({ volumes, containers, storage }: ProcessPlan): boolean {
  const limits = [
    storage,
    ...volumes.map((volume) => (volume.type === "emptyDir" ? volume.limit : undefined)),
    ...containers.map((container) => container.storage),
  ];
  return limits.some((limit) => limit?.eviction !== undefined);
}

/**
 * The kubelet's words about the first limit that is exceeded (`localStorageEviction` of `pkg/kubelet/eviction`): of an
 * emptyDir (pod-semantics M4), then of the pod, which is that of all its containers together, then of a main container.
 * A container holds its output and what it wrote to its root; the pod its emptyDirs on disk besides. Undefined: none is.
 */
export async function overuseOf(
  podDirectory: string,
  plan: ProcessPlan,
  instances: ReadonlyMap<string, Pick<InstanceSnapshot, "number">>,
): Promise<string | undefined> {
  const sizes = new Sizes(podDirectory, instances);
  for (const volume of plan.volumes) {
    if (volume.type !== "emptyDir") continue;
    const message = await exceeded(volume.limit, () => sizes.ofVolume(volume.name));
    if (message !== undefined) return message;
  }
  const ofPod = await exceeded(plan.storage, () => sizes.ofPod(plan));
  if (ofPod !== undefined) return ofPod;
  for (const { name, storage } of plan.containers) {
    const message = await exceeded(storage, () => sizes.ofContainer(name));
    if (message !== undefined) return message;
  }
  return undefined;
}

async function exceeded(
  limit: PlannedLimit | undefined,
  measure: () => Promise<number>,
): Promise<string | undefined> {
  if (limit?.eviction === undefined) return undefined;
  return (await measure()) > limit.bytes ? limit.eviction : undefined;
}

/** Sizes at one moment, each measured once. */
class Sizes {
  readonly #podDirectory: string;
  readonly #instances: ReadonlyMap<string, Pick<InstanceSnapshot, "number">>;
  readonly #known = new Map<string, Promise<number>>();

  constructor(podDirectory: string, instances: ReadonlyMap<string, Pick<InstanceSnapshot, "number">>) {
    this.#podDirectory = podDirectory;
    this.#instances = instances;
  }

  ofVolume(name: string): Promise<number> {
    return this.#of(layout.volume(this.#podDirectory, name));
  }

  async ofContainer(name: string): Promise<number> {
    const number = this.#instances.get(name)?.number;
    if (number === undefined) return 0;
    const directory = layout.instance(this.#podDirectory, name, number);
    const parts = ["stdout", "stderr", join(rootLayers, "upper")];
    return this.#sum(parts.map((part) => this.#of(join(directory, part))));
  }

  ofPod({ volumes, containers }: ProcessPlan): Promise<number> {
    const onDisk = volumes.filter((volume) => volume.type === "emptyDir" && volume.medium === undefined);
    return this.#sum([
      ...onDisk.map(({ name }) => this.ofVolume(name)),
      ...containers.map(({ name }) => this.ofContainer(name)),
    ]);
  }

  #of(path: string): Promise<number> {
    const known = this.#known.get(path) ?? usedBytes(path, new Set());
    this.#known.set(path, known);
    return known;
  }

  async #sum(sizes: readonly Promise<number>[]): Promise<number> {
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }
}

/** What files below a path occupy on disk, each once however many names it has. */
async function usedBytes(path: string, seen: Set<string>): Promise<number> {
  try {
    const { blocks, dev, ino } = await lstat(path);
    if (seen.has(`${dev}:${ino}`)) return 0;
    seen.add(`${dev}:${ino}`);
    let used = blocks * 512;
    for (const name of await namesIn(path)) used += await usedBytes(join(path, name), seen);
    return used;
  } catch (error) {
    // The program may remove what was just listed.
    if (isMissing(error)) return 0;
    throw error;
  }
}

async function namesIn(path: string): Promise<readonly string[]> {
  return (await lstat(path)).isDirectory() ? readdir(path) : [];
}
