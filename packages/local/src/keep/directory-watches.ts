import { type FSWatcher, watch } from "node:fs";
import type { Logger } from "@vkubelet/core";

export interface DirectoryWatchesOptions {
  readonly logger: Logger;
  /** A file of a watched directory changed; `name` is null when the system does not say which. */
  onFile(directory: string, name: string | null): void;
  /** Something may have changed unheard: look. */
  onDoubt(): void;
}

/** Watches of directories that are told as a whole set which of them are wanted. */
export class DirectoryWatches {
  readonly #options: DirectoryWatchesOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #refused = new Set<string>();

  constructor(options: DirectoryWatchesOptions) {
    this.#options = options;
  }

  /** Whether every wanted directory is watched. Where the system's watches are used up, looking often stands in. */
  get complete(): boolean {
    return this.#refused.size === 0;
  }

  /** Watches exactly `wanted`. */
  keep(wanted: ReadonlySet<string>): void {
    for (const [directory, watcher] of this.#watchers) {
      if (wanted.has(directory)) continue;
      watcher.close();
      this.#watchers.delete(directory);
    }
    for (const directory of this.#refused) {
      if (!wanted.has(directory)) this.#refused.delete(directory);
    }
    for (const directory of wanted) this.add(directory);
  }

  /** Watches `directory` too. */
  add(directory: string): void {
    if (this.#watchers.has(directory) || this.#refused.has(directory)) return;
    const { logger, onFile, onDoubt } = this.#options;
    let watcher: FSWatcher;
    try {
      watcher = watch(directory, (_event, name) => onFile(directory, name));
    } catch (error) {
      logger.warn("a container's directory cannot be watched, it is looked at every second", {
        directory,
        error: (error as Error).message,
      });
      this.#refused.add(directory);
      return;
    }
    watcher.on("error", onDoubt);
    watcher.unref();
    this.#watchers.set(directory, watcher);
    // What happened before the watch stood is seen by looking once more.
    onDoubt();
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }
}
