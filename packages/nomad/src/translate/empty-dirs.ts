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

/** Of each task. Nomad makes it with mode 0777. */
const ownFolder = "local";

/** Of each task. Nomad makes it with mode 01777. */
const stickyFolder = "tmp";

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
    for (const place of this.#places) if (place.users.size > 1) this.#give(place, shared.shift());
    const single = this.#places.filter(({ users }) => users.size === 1);
    const left = single.filter((place) => !this.#giveOwn(place, ownFolder));
    for (const [index, place] of left.entries()) {
      const isScarce = left.length - index > shared.length;
      if (!isScarce || !this.#giveOwn(place, stickyFolder)) this.#give(place, shared.shift());
    }
  }

  /** The source of a mount, relative to its task's folder. */
  sourceOf({ volume, subPath = "" }: ResolvedMount): string {
    const place = this.#placeOf(volume, subPath);
    if (place === undefined) return rootFolder(volume, subPath);
    const folder = this.#folders.get(place) ?? rootFolder(volume, place.subPath);
    return place.subPath === "" ? below(folder, subPath) : folder;
  }

  /** Notes the emptyDirs that not every user may do everything in. */
  note(pod: ResolvedPod, account: FieldAccount): void {
    pod.volumes.forEach(({ name }, index) => {
      const why = this.#whyLess(name, pod);
      if (why !== undefined) account.approximate(`spec.volumes[${index}].emptyDir`, why);
    });
  }

  #give(place: Place, folder: string | undefined): void {
    if (folder !== undefined) this.#folders.set(place, folder);
  }

  /** Gives a folder of the one task that mounts the place, unless the task has given it to another. */
  #giveOwn(place: Place, folder: string): boolean {
    const [user = ""] = place.users;
    const isGiven = [...this.#folders].some(
      ([other, given]) => given === folder && other.users.size === 1 && other.users.has(user),
    );
    if (!isGiven) this.#give(place, folder);
    return !isGiven;
  }

  #whyLess(name: string, pod: ResolvedPod): string | undefined {
    const rootOnly = "docker makes it as root with mode 0755, so that only root can write";
    const places = this.#places.filter(({ volume }) => volume === name);
    const folders = places.map((place) => this.#folders.get(place));
    if (folders.includes(undefined)) {
      return `Nomad has no folder left for it that everybody may write to: ${rootOnly}`;
    }
    const isWhole = places.some(({ subPath }) => subPath === "");
    const isDivided = [...(partsOf(pod).get(name)?.keys() ?? [])].some((subPath) => subPath !== "");
    if (isWhole && isDivided) return `the folder of a subPath lies within a mounted one: ${rootOnly}`;
    return folders.includes(stickyFolder)
      ? "its folder has mode 01777: users cannot remove the files of others"
      : undefined;
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
