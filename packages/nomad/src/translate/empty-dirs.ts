import type { ResolvedMount, ResolvedPod } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";

/** An emptyDir, or a part of one that is only mounted in parts: what lies in a folder of its own. */
interface Place {
  readonly volume: string;
  /** Empty for the whole volume. */
  readonly subPath: string;
  readonly users: ReadonlySet<string>;
}

/** Of the allocation, and so in reach of all its tasks. Nomad makes them with mode 0777. */
const sharedFolders = ["../alloc/data", "../alloc/tmp"];

/** Of each task. Nomad makes them with mode 0777 and 01777. */
const ownFolders = ["local", "tmp"];

/** A folder of the allocation that docker makes, as root and with mode 0755. */
export function rootFolder(volume: string, subPath = ""): string {
  return below(`../alloc/vk-${volume}`, subPath);
}

/**
 * Which folder of its allocation stands for each emptyDir of a pod. What docker makes for a mount belongs to root, and
 * Nomad makes few folders for everybody: those are given out first, the ones of a task to what it alone mounts.
 */
export class EmptyDirFolders {
  readonly #places: readonly Place[];
  readonly #folders = new Map<Place, string>();

  constructor(pod: ResolvedPod) {
    this.#places = placesOf(pod);
    const shared = [...sharedFolders];
    const own = new Map<string, string[]>();
    const give = (place: Place, folder: string | undefined) => {
      if (folder !== undefined) this.#folders.set(place, folder);
    };
    for (const place of this.#places) if (place.users.size > 1) give(place, shared.shift());
    for (const place of this.#places) {
      const [user = "", ...others] = place.users;
      if (others.length > 0) continue;
      const left = own.get(user) ?? [...ownFolders];
      own.set(user, left);
      give(place, left.shift() ?? shared.shift());
    }
  }

  /** The source of a mount, relative to its task's folder. */
  sourceOf({ volume, subPath = "" }: ResolvedMount): string {
    const place = this.#placeOf(volume, subPath);
    if (place === undefined) return rootFolder(volume, subPath);
    const folder = this.#folders.get(place) ?? rootFolder(volume, place.subPath);
    return place.subPath === "" ? below(folder, subPath) : folder;
  }

  /** Notes the emptyDirs in which docker makes a folder. */
  note(pod: ResolvedPod, account: FieldAccount): void {
    pod.volumes.forEach(({ name }, index) => {
      const why = this.#whyRoots(name, pod);
      if (why === undefined) return;
      account.approximate(
        `spec.volumes[${index}].emptyDir`,
        `${why}: docker makes it as root with mode 0755, so that only root can write`,
      );
    });
  }

  #whyRoots(name: string, pod: ResolvedPod): string | undefined {
    const places = this.#places.filter(({ volume }) => volume === name);
    if (places.some((place) => !this.#folders.has(place))) {
      return "Nomad has no folder left for it that everybody may write to";
    }
    const [whole] = places.filter(({ subPath }) => subPath === "");
    const isDivided = [...(partsOf(pod).get(name)?.keys() ?? [])].some((subPath) => subPath !== "");
    return whole !== undefined && isDivided ? "the folder of a subPath lies within a mounted one" : undefined;
  }

  #placeOf(volume: string, subPath: string): Place | undefined {
    const own = this.#places.filter((place) => place.volume === volume);
    return own.find((place) => place.subPath === subPath) ?? own.find((place) => place.subPath === "");
  }
}

/** The distinct parts of each emptyDir on disk that are mounted, and by which containers. */
function partsOf(pod: ResolvedPod): ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>> {
  const parts = new Map<string, Map<string, Set<string>>>();
  for (const volume of pod.volumes) {
    if (volume.type === "emptyDir" && volume.medium !== "Memory") parts.set(volume.name, new Map());
  }
  for (const { name, mounts } of [...pod.initContainers, ...pod.containers]) {
    for (const { volume, subPath = "" } of mounts) {
      const known = parts.get(volume);
      known?.set(subPath, (known.get(subPath) ?? new Set()).add(name));
    }
  }
  return parts;
}

function placesOf(pod: ResolvedPod): readonly Place[] {
  return [...partsOf(pod)].flatMap(([volume, parts]): readonly Place[] => {
    const paths = [...parts.keys()];
    if (paths.length === 0) return [];
    if (areApart(paths)) return [...parts].map(([subPath, users]) => ({ volume, subPath, users }));
    return [{ volume, subPath: "", users: new Set([...parts.values()].flatMap((users) => [...users])) }];
  });
}

/** Whether no path lies within another. */
function areApart(paths: readonly string[]): boolean {
  return paths.every((path) =>
    paths.every((other) => other === path || !`${other}/`.startsWith(path === "" ? "" : `${path}/`)),
  );
}

function below(folder: string, subPath: string): string {
  return subPath === "" ? folder : `${folder}/${subPath}`;
}
