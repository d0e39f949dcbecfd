import type { CallOptions, GetOptions, KubeApiClient, ListOptions, PatchType, WatchOptions } from "../api/kube-api-client.ts";
import { KubeApiError } from "../api/kube-api-error.ts";
import type { KubeObject, WatchEvent } from "../api/kube-object.ts";
import { applyPatch, asServed } from "./api-patch.ts";

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind, as they come over the wire
export type AnyObject = any;

/** One call, as a test may let it fail. */
export interface ApiCall {
  readonly method: "get" | "list" | "create" | "patch" | "delete" | "watch";
  readonly path: string;
}

interface StoredEvent {
  readonly version: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: AnyObject;
}

/**
 * An API server in memory, as far as a kubelet uses one: objects of any kind by path, resource versions, UIDs,
 * preconditions, graceful deletion of pods, watches that can be resumed.
 */
export class MemoryApi {
  readonly #objects = new Map<string, AnyObject>();
  readonly #log: StoredEvent[] = [];
  readonly #now: () => number;
  #version = 100;
  #news = Promise.withResolvers<void>();
  /** While true nothing answers and watches break. */
  #down = false;
  #drops = 0;
  /** Every call that changed or tried to change something. */
  readonly writes: { readonly method: string; readonly path: string; readonly body: AnyObject }[] = [];

  constructor(now: () => number = () => Date.parse("2026-01-01T00:00:00Z")) {
    this.#now = now;
  }

  /** Switches the server off and on. */
  setDown(down: boolean): void {
    this.#down = down;
    this.#wake();
  }

  /** Breaks every watch that is open. */
  dropWatches(): void {
    this.#drops += 1;
    this.#wake();
  }

  /** The object under a path of the API. */
  get(path: string): AnyObject | undefined {
    return this.#objects.get(path);
  }

  /** All objects of a plural resource name. */
  all(resource: string): readonly AnyObject[] {
    return [...this.#objects].filter(([path]) => collectionOf(path).endsWith(`/${resource}`)).map(([, object]) => object);
  }

  put(path: string, object: AnyObject): AnyObject {
    const old = this.#objects.get(path);
    const version = ++this.#version;
    const stored = asServed({
      ...object,
      metadata: { uid: `uid-${version}`, ...object.metadata, resourceVersion: String(version) },
    });
    this.#objects.set(path, stored);
    this.#record({ version, type: old === undefined ? "ADDED" : "MODIFIED", object: stored });
    return stored;
  }

  remove(path: string): void {
    const old = this.#objects.get(path);
    if (old === undefined) return;
    this.#objects.delete(path);
    const version = ++this.#version;
    const object = { ...old, metadata: { ...old.metadata, resourceVersion: String(version) } };
    this.#record({ version, type: "DELETED", object });
  }

  /** As a user deletes a pod: marked with its grace period, or removed at once with 0. */
  deletePod(path: string, gracePeriodSeconds: number, now: number): void {
    const pod = this.#objects.get(path);
    if (gracePeriodSeconds === 0) {
      this.remove(path);
      return;
    }
    const metadata = {
      ...pod.metadata,
      deletionTimestamp: new Date(now + gracePeriodSeconds * 1_000).toISOString(),
      deletionGracePeriodSeconds: gracePeriodSeconds,
    };
    this.put(path, { ...pod, metadata });
  }

  /** A client of one process. `onCall` is told before each call and after its effect, and may throw or never return. */
  client(onCall: (call: ApiCall, when: "before" | "after") => Promise<void> | void = () => {}): KubeApiClient {
    const call = async <T>(method: ApiCall["method"], path: string, options: CallOptions | undefined, effect: () => T) => {
      options?.signal?.throwIfAborted();
      await onCall({ method, path }, "before");
      options?.signal?.throwIfAborted();
      if (this.#down) throw unreachable(method, path);
      const result = effect();
      await onCall({ method, path }, "after");
      return copyOf(result);
    };
    return {
      server: "https://memory",
      // biome-ignore lint/suspicious/noExplicitAny: one implementation of two overloads
      get: (path: string, options?: GetOptions): Promise<any> =>
        call("get", path, options, () => {
          const object = this.#objects.get(path);
          if (object === undefined && options?.absentOn404 !== true) throw notFound("get", path);
          return object;
        }),
      list: <T extends KubeObject>(path: string, options?: ListOptions) =>
        call("list", path, options, () => ({
          items: this.#select(path, options?.query?.["fieldSelector"]) as T[],
          resourceVersion: String(this.#version),
        })),
      create: <T>(path: string, body: unknown, options?: CallOptions) =>
        call("create", path, options, () => this.#create(path, body as AnyObject) as T),
      patch: <T>(path: string, body: unknown, type: PatchType, options?: CallOptions) =>
        call("patch", path, options, () => this.#patch(path, body as AnyObject, type) as T),
      delete: <T>(path: string, body?: unknown, options?: CallOptions) =>
        call("delete", path, options, () => this.#delete(path, body as AnyObject) as T),
      watch: <T extends KubeObject>(path: string, options?: WatchOptions) =>
        this.#watch(path, options, onCall) as AsyncGenerator<WatchEvent<T>, void, undefined>,
      [Symbol.asyncDispose]: async () => {},
    };
  }

  #create(collection: string, body: AnyObject): AnyObject {
    if (collection.endsWith("/token")) return this.#issueToken(collection, body);
    const path = `${collection}/${body.metadata.name}`;
    this.writes.push({ method: "create", path, body });
    if (this.#objects.has(path)) throw apiError("create", path, 409, "AlreadyExists");
    return this.put(path, body);
  }

  #issueToken(path: string, body: AnyObject): AnyObject {
    const issued = this.writes.filter((write) => write.path.endsWith("/token")).length;
    this.writes.push({ method: "create", path, body });
    const expirationTimestamp = new Date(this.#now() + body.spec.expirationSeconds * 1_000).toISOString();
    return { ...body, status: { token: `token-${issued}`, expirationTimestamp } };
  }

  #patch(fullPath: string, body: AnyObject, type: PatchType): AnyObject {
    const path = fullPath.replace(/\/status$/, "");
    this.writes.push({ method: "patch", path: fullPath, body });
    const old = this.#objects.get(path);
    if (old === undefined) throw notFound("patch", path);
    const { uid, resourceVersion } = body.metadata ?? {};
    const stale = resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion;
    if (stale || (uid !== undefined && uid !== old.metadata.uid)) throw apiError("patch", path, 409, "Conflict");
    const next = asServed(applyPatch(old, body, type === "strategic"));
    if (JSON.stringify(next) === JSON.stringify(old)) return old;
    return this.put(path, next);
  }

  #delete(path: string, body: AnyObject): AnyObject {
    this.writes.push({ method: "delete", path, body });
    const old = this.#objects.get(path);
    if (old === undefined) throw notFound("delete", path);
    const uid = body?.preconditions?.uid;
    if (uid !== undefined && uid !== old.metadata.uid) throw apiError("delete", path, 409, "Conflict");
    if ((old.metadata.finalizers ?? []).length === 0) this.remove(path);
    return old;
  }

  async *#watch(
    path: string,
    options: WatchOptions | undefined,
    onCall: (call: ApiCall, when: "before" | "after") => Promise<void> | void,
  ): AsyncGenerator<WatchEvent<AnyObject>, void, undefined> {
    await onCall({ method: "watch", path }, "before");
    const signal = options?.signal;
    signal?.throwIfAborted();
    if (this.#down) throw unreachable("watch", path);
    options?.onOpen?.();
    const drops = this.#drops;
    let next = this.#log.findIndex((event) => event.version > Number(options?.query?.["resourceVersion"] ?? 0));
    if (next < 0) next = this.#log.length;
    const aborted = Promise.withResolvers<void>();
    signal?.addEventListener("abort", () => aborted.resolve(), { once: true });
    for (;;) {
      for (; next < this.#log.length; next++) {
        const event = this.#log[next] as StoredEvent;
        if (!matches(event.object, path, options?.query?.["fieldSelector"])) continue;
        yield { type: event.type, object: copyOf(event.object) };
      }
      await Promise.race([this.#news.promise, aborted.promise]);
      signal?.throwIfAborted();
      if (this.#down || drops !== this.#drops) throw unreachable("watch", path);
    }
  }

  #select(path: string, selector: unknown): AnyObject[] {
    return [...this.#objects.values()].filter((object) => matches(object, path, selector));
  }

  #record(event: StoredEvent): void {
    this.#log.push(event);
    this.#wake();
  }

  #wake(): void {
    const news = this.#news;
    this.#news = Promise.withResolvers<void>();
    news.resolve();
  }
}

/** A copy as a client of its own would have it. Objects are JSON, for which this is much quicker than structuredClone. */
function copyOf<T>(value: T): T;
function copyOf(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(copyOf);
  const copy: AnyObject = {};
  for (const key in value) copy[key] = copyOf((value as AnyObject)[key]);
  return copy;
}

function collectionOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

const plurals: Readonly<Record<string, string>> = {
  Pod: "pods",
  ConfigMap: "configmaps",
  Secret: "secrets",
  Service: "services",
  Event: "events",
  Node: "nodes",
  Lease: "leases",
};

function matches(object: AnyObject, path: string, selector: unknown): boolean {
  const resource = path.slice(path.lastIndexOf("/") + 1);
  if (plurals[object.kind] !== resource) return false;
  const namespace = /\/namespaces\/([^/]+)\//.exec(path)?.[1];
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  if (selector === undefined) return true;
  const [field = "", value] = String(selector).split("=");
  return field.split(".").reduce((inner, key) => inner?.[key], object) === value;
}

function apiError(method: string, path: string, status: number, reason: string): KubeApiError {
  return new KubeApiError(`${method.toUpperCase()} ${path}: ${reason}`, { status, reason });
}

function notFound(method: string, path: string): KubeApiError {
  return apiError(method, path, 404, "NotFound");
}

function unreachable(method: string, path: string): KubeApiError {
  return apiError(method, path, 0, "NetworkError");
}
