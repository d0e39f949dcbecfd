import { deepFreeze, type KubeObject } from "../api/objects.ts";
import { type Change, Collection, type IndexFunction, objectKey, type WatchOptions } from "./collection.ts";
import type { WatchStream } from "./watch-stream.ts";

/** The resource an object is stored under; `ResourceType` fits. */
export interface StoredResource {
  readonly group: string;
  readonly plural: string;
}

/** The indexes of each resource, by `group/plural` and name of the index. */
export type Indexes = Readonly<Record<string, Readonly<Record<string, IndexFunction>>>>;

/** How many changes of each resource can be replayed to a watcher at least. */
export const defaultHistoryLimit = 5_000;

/** What answering gets and lists needs of a store. */
export interface ReadView {
  /** The `resourceVersion` of a list. */
  readonly revision: number;
  get(resource: StoredResource, namespace: string | undefined, name: string): KubeObject | undefined;
  list(resource: StoredResource, namespace?: string): readonly KubeObject[];
  listIndexed(resource: StoredResource, index: string, value: string): readonly KubeObject[] | undefined;
}

/**
 * The objects of the cluster with one resource version for all. Every write is one synchronous step: it takes the next
 * revision, is visible to the next read and reaches every watcher in the order of revisions.
 */
export class Store implements ReadView {
  readonly #collections = new Map<string, Collection>();
  readonly #historyLimit: number;
  readonly #indexes: Indexes;
  #revision = 0;

  constructor(historyLimit: number = defaultHistoryLimit, indexes: Indexes = {}) {
    this.#historyLimit = historyLimit;
    this.#indexes = indexes;
  }

  /** The revision of the last change; the `resourceVersion` of a list taken now. */
  get revision(): number {
    return this.#revision;
  }

  get(resource: StoredResource, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#collection(resource).get(objectKey(namespace, name));
  }

  /** All objects of a resource by key order, optionally of one namespace only. */
  list(resource: StoredResource, namespace?: string): readonly KubeObject[] {
    const all = this.#collection(resource).list();
    return namespace ? all.filter((object) => object.metadata.namespace === namespace) : all;
  }

  /** The objects that an index of the resource files under `value`, in no order; undefined without such an index. */
  listIndexed(resource: StoredResource, index: string, value: string): readonly KubeObject[] | undefined {
    return this.#collection(resource).listIndexed(index, value);
  }

  /** Writes an object (new or changed) and returns what was stored: a frozen copy with its new resourceVersion. */
  put(resource: StoredResource, object: KubeObject): KubeObject {
    const key = objectKey(object.metadata.namespace, object.metadata.name);
    const collection = this.#collection(resource);
    const previous = collection.get(key);
    const stored = this.#stamp(object);
    collection.commit(key, this.#change(previous ? "MODIFIED" : "ADDED", stored, previous));
    return stored;
  }

  /** Removes an object; watchers get `last`, the state immediately before, with the revision of the removal. */
  remove(resource: StoredResource, last: KubeObject): KubeObject {
    const key = objectKey(last.metadata.namespace, last.metadata.name);
    const collection = this.#collection(resource);
    const previous = collection.get(key);
    const stored = this.#stamp(last);
    collection.commit(key, this.#change("DELETED", stored, previous));
    return stored;
  }

  watch(resource: StoredResource, options: WatchOptions = {}): WatchStream {
    return this.#collection(resource).watch(options, this.#revision);
  }

  /** The present state, which later changes leave alone. */
  snapshot(): ReadView {
    const revision = this.#revision;
    const lists = new Map([...this.#collections].map(([name, collection]) => [name, collection.list()]));
    const list = ({ group, plural }: StoredResource, namespace?: string) => {
      const all = lists.get(`${group}/${plural}`) ?? [];
      return namespace ? all.filter((object) => object.metadata.namespace === namespace) : all;
    };
    return {
      revision,
      list,
      get: (resource, namespace, name) =>
        list(resource, namespace).find(({ metadata }) => metadata.name === name),
      // Without an index its users look at all objects.
      listIndexed: () => undefined,
    };
  }

  /** Forgets all past changes: no watch can start from before now. */
  compact(): void {
    for (const collection of this.#collections.values()) collection.compact(this.#revision);
  }

  /** Sends every watcher a bookmark. */
  bookmarkAll(): void {
    for (const collection of this.#collections.values()) collection.bookmark(this.#revision);
  }

  /** Ends every watch. */
  close(): void {
    for (const collection of this.#collections.values()) collection.closeWatchers();
  }

  #stamp(object: KubeObject): KubeObject {
    this.#revision += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.#revision) };
    return deepFreeze({ ...object, metadata });
  }

  #change(type: Change["type"], object: KubeObject, previous: KubeObject | undefined): Change {
    return { type, object, previous, revision: this.#revision };
  }

  #collection(resource: StoredResource): Collection {
    const name = `${resource.group}/${resource.plural}`;
    let collection = this.#collections.get(name);
    if (!collection) {
      collection = new Collection(this.#historyLimit, this.#indexes[name]);
      this.#collections.set(name, collection);
    }
    return collection;
  }
}
