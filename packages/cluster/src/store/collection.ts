import type { KubeObject } from "../api/objects.ts";
import { expired, StatusError } from "../api/status-error.ts";
import { type StreamEvent, WatchStream } from "./watch-stream.ts";

/** A committed change. `previous` is the object before it, absent for a creation. */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
  readonly revision: number;
}

/** How a watcher starts and what it sees. */
export interface WatchOptions {
  /** Changes after this revision; undefined: the present state as ADDED events first. */
  readonly fromRevision?: number;
  /** After the initial state, a bookmark that marks its end. */
  readonly markInitialEnd?: boolean;
  readonly matches?: (object: KubeObject) => boolean;
  readonly queueLimit?: number;
}

/** The value under which an index files an object; undefined leaves it out. */
export type IndexFunction = (object: KubeObject) => string | undefined;

interface Watcher {
  readonly stream: WatchStream;
  readonly matches: ((object: KubeObject) => boolean) | undefined;
}

const defaultQueueLimit = 20_000;

/** Key of an object inside its collection; sorts like the API server's keys. */
export function objectKey(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name;
}

/** The change as a selector sees it: leaving the selection is a deletion, entering it a creation. */
function selected(change: Change, matches: Watcher["matches"]): StreamEvent | undefined {
  if (!matches) return { type: change.type, object: change.object, revision: change.revision };
  const before = change.previous !== undefined && matches(change.previous);
  const after = change.type !== "DELETED" && matches(change.object);
  const { object, revision } = change;
  if (after) return { type: before ? "MODIFIED" : "ADDED", object, revision };
  return before ? { type: "DELETED", object, revision } : undefined;
}

/** All objects of one resource, their recent history and their watchers. */
export class Collection {
  readonly #objects = new Map<string, KubeObject>();
  readonly #indexes: readonly {
    readonly name: string;
    readonly fileUnder: IndexFunction;
    readonly entries: Map<string, Map<string, KubeObject>>;
  }[];
  readonly #watchers = new Map<WatchStream, Watcher>();
  readonly #historyLimit: number;
  #history: Change[] = [];
  #forgottenThrough = 0;
  #sorted: readonly KubeObject[] | undefined;

  constructor(historyLimit: number, indexes: Readonly<Record<string, IndexFunction>> = {}) {
    this.#historyLimit = historyLimit;
    this.#indexes = Object.entries(indexes).map(([name, fileUnder]) => ({
      name,
      fileUnder,
      entries: new Map(),
    }));
  }

  get size(): number {
    return this.#objects.size;
  }

  get watcherCount(): number {
    return this.#watchers.size;
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  /** All objects in the order of their keys; the array is a snapshot that later changes leave alone. */
  list(): readonly KubeObject[] {
    this.#sorted ??= [...this.#objects]
      .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
      .map(([, object]) => object);
    return this.#sorted;
  }

  /** The objects that an index files under `value`, in no order; undefined when there is no such index. */
  listIndexed(name: string, value: string): readonly KubeObject[] | undefined {
    const index = this.#indexes.find((candidate) => candidate.name === name);
    return index && [...(index.entries.get(value)?.values() ?? [])];
  }

  commit(key: string, change: Change): void {
    this.#sorted = undefined;
    this.#dropFromIndexes(key, change.previous);
    if (change.type === "DELETED") {
      this.#objects.delete(key);
    } else {
      this.#objects.set(key, change.object);
      this.#addToIndexes(key, change.object);
    }
    this.#remember(change);
    for (const { stream, matches } of this.#watchers.values()) {
      const event = selected(change, matches);
      if (event) stream.push(event);
    }
  }

  watch(options: WatchOptions, currentRevision: number): WatchStream {
    const stream = new WatchStream(options.queueLimit ?? defaultQueueLimit, (closed) => {
      this.#watchers.delete(closed);
    });
    stream.prefill(this.#initialEvents(options, currentRevision));
    this.#watchers.set(stream, { stream, matches: options.matches });
    return stream;
  }

  /** Tells every watcher that it has seen all up to `revision`. */
  bookmark(revision: number): void {
    for (const stream of this.#watchers.keys())
      stream.push({ type: "BOOKMARK", revision, initialEventsEnd: false });
  }

  /** Forgets the changes up to `revision`, the present one. */
  compact(revision: number): void {
    this.#history = [];
    this.#forgottenThrough = revision;
  }

  closeWatchers(): void {
    for (const stream of [...this.#watchers.keys()]) stream.close();
  }

  *#initialEvents(options: WatchOptions, currentRevision: number): Iterable<StreamEvent> {
    const { fromRevision, matches } = options;
    if (fromRevision !== undefined) {
      if (fromRevision < this.#forgottenThrough) {
        throw expired(`too old resource version: ${fromRevision} (${this.#forgottenThrough})`);
      }
      if (fromRevision > currentRevision) throw tooLargeRevision(fromRevision, currentRevision);
      for (const change of this.#history) {
        const event = change.revision > fromRevision ? selected(change, matches) : undefined;
        if (event) yield event;
      }
      return;
    }
    for (const object of this.list()) {
      if (matches && !matches(object)) continue;
      yield { type: "ADDED", object, revision: currentRevision };
    }
    if (options.markInitialEnd) yield { type: "BOOKMARK", revision: currentRevision, initialEventsEnd: true };
  }

  #remember(change: Change): void {
    this.#history.push(change);
    // Trimming in blocks keeps the cost of one commit constant.
    if (this.#history.length < this.#historyLimit * 2) return;
    const dropped = this.#history.length - this.#historyLimit;
    this.#forgottenThrough = this.#history[dropped - 1]?.revision ?? this.#forgottenThrough;
    this.#history = this.#history.slice(dropped);
  }

  #addToIndexes(key: string, object: KubeObject): void {
    for (const { fileUnder, entries } of this.#indexes) {
      const value = fileUnder(object);
      if (value === undefined) continue;
      const filed = entries.get(value);
      if (filed) filed.set(key, object);
      else entries.set(value, new Map([[key, object]]));
    }
  }

  #dropFromIndexes(key: string, object: KubeObject | undefined): void {
    if (!object) return;
    for (const { fileUnder, entries } of this.#indexes) {
      const value = fileUnder(object);
      if (value === undefined) continue;
      const filed = entries.get(value);
      filed?.delete(key);
      if (filed?.size === 0) entries.delete(value);
    }
  }
}

function tooLargeRevision(requested: number, current: number): StatusError {
  const message = `Timeout: Too large resource version: ${requested}, current: ${current}`;
  return new StatusError(504, "Timeout", message, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}
