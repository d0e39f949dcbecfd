import type { KubeObject } from "./kube-object.ts";

/** Read access to the objects that a reflector holds. Objects are shared, not copied: nobody may change them. */
export interface ReadonlyObjectStore<T extends KubeObject> {
  readonly size: number;
  get(namespace: string, name: string): T | undefined;
  getByUid(uid: string): T | undefined;
  /** All objects, in the order in which their names first came. */
  values(): IterableIterator<T>;
}

/** Identity of an object by name; empty namespace for cluster-wide ones. */
export function objectKey(object: KubeObject): string {
  return keyOf(object.metadata?.namespace ?? "", object.metadata?.name ?? "");
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** Objects by namespace and name, with an index by UID. */
export class ObjectStore<T extends KubeObject> implements ReadonlyObjectStore<T> {
  readonly #byKey = new Map<string, T>();
  readonly #byUid = new Map<string, T>();

  get size(): number {
    return this.#byKey.size;
  }

  get(namespace: string, name: string): T | undefined {
    return this.#byKey.get(keyOf(namespace, name));
  }

  getByKey(key: string): T | undefined {
    return this.#byKey.get(key);
  }

  getByUid(uid: string): T | undefined {
    return this.#byUid.get(uid);
  }

  values(): IterableIterator<T> {
    return this.#byKey.values();
  }

  /** Stores `object` in place of whatever had its name; answers that. */
  set(object: T): T | undefined {
    const key = objectKey(object);
    const old = this.#byKey.get(key);
    if (old !== undefined) this.#forgetUid(old);
    this.#byKey.set(key, object);
    const uid = object.metadata?.uid;
    if (uid !== undefined) this.#byUid.set(uid, object);
    return old;
  }

  /** Removes what has the name of `object`; answers it. */
  delete(object: KubeObject): T | undefined {
    const key = objectKey(object);
    const old = this.#byKey.get(key);
    if (old === undefined) return undefined;
    this.#byKey.delete(key);
    this.#forgetUid(old);
    return old;
  }

  #forgetUid(object: T): void {
    const uid = object.metadata?.uid;
    if (uid !== undefined && this.#byUid.get(uid) === object) this.#byUid.delete(uid);
  }
}
