import type { Clock, Logger } from "@vkubelet/core";
import type { KubeApiClient } from "./kube-api-client.ts";
import type { KubeObject } from "./kube-object.ts";
import { createReflector, type Reflector, type ReflectorStatus } from "./reflector.ts";

/** What is known of one object. */
export type ObjectState<T> =
  /** Not looked up yet; `lastError` says what is in the way (forbidden, no connection). */
  | { readonly kind: "pending"; readonly lastError?: string }
  | { readonly kind: "absent" }
  | { readonly kind: "present"; readonly object: T };

/** A hold on one object; it is watched for as long as somebody holds it. */
export interface HeldObject<T> extends Disposable {
  readonly namespace: string;
  readonly name: string;
  /** The state now. */
  state(): ObjectState<T>;
  /** The state once it is known for sure; rejects with the signal's reason, or when the hold was released before. */
  settled(signal: AbortSignal): Promise<ObjectState<T>>;
  /** Ends the hold; more than once does nothing. The last release of an object ends its watch. */
  release(): void;
}

/**
 * Watches single objects by name, one watch an object whatever the number of holders. A node's own credentials suffice:
 * the API server lets it read just the ConfigMaps and Secrets that its pods name.
 */
export interface ObjectWatcher<T> {
  acquire(namespace: string, name: string): HeldObject<T>;
  /** Objects watched now. */
  readonly size: number;
  /** What is wrong with which object, for whoever reports the health of the whole. */
  failures(): readonly { readonly namespace: string; readonly name: string; readonly message: string }[];
  /** Ends all watches. */
  [Symbol.dispose](): void;
}

/** Options of {@link createObjectWatcher}. */
export interface ObjectWatcherOptions<T> {
  readonly client: Pick<KubeApiClient, "list" | "watch">;
  /** Plural name in the core API group: `configmaps`, `secrets`. */
  readonly resource: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Told whenever a held object appears, changes or disappears, the first appearance included. */
  readonly onChange: (namespace: string, name: string, state: ObjectState<T>) => void | Promise<void>;
  readonly random?: () => number;
}

interface Entry<T extends KubeObject> {
  readonly reflector: Reflector<T>;
  readonly controller: AbortController;
  readonly namespace: string;
  readonly name: string;
  holders: number;
}

/** Nothing is watched before the first `acquire`. */
export function createObjectWatcher<T extends KubeObject>(
  options: ObjectWatcherOptions<T>,
): ObjectWatcher<T> {
  const entries = new Map<string, Entry<T>>();

  const start = (namespace: string, name: string): Entry<T> => {
    const controller = new AbortController();
    const { client, resource, logger, clock, onChange, random } = options;
    const reflector = createReflector<T>({
      client,
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/${resource}`,
      query: { fieldSelector: `metadata.name=${name}` },
      logger,
      clock,
      onChange: (event) =>
        onChange(
          namespace,
          name,
          event.type === "deleted" ? { kind: "absent" } : { kind: "present", object: event.object },
        ),
      ...(random === undefined ? {} : { random }),
    });
    // `run` never rejects.
    void reflector.run(controller.signal);
    return { reflector, controller, namespace, name, holders: 0 };
  };

  const end = (key: string, entry: Entry<T>) => {
    if (entries.get(key) === entry) entries.delete(key);
    entry.controller.abort(new Error(`${key} is watched no longer`));
  };

  return {
    acquire: (namespace, name) => {
      const key = `${namespace}/${name}`;
      const entry = entries.get(key) ?? start(namespace, name);
      entries.set(key, entry);
      entry.holders++;
      let held = true;
      const release = () => {
        if (!held) return;
        held = false;
        entry.holders--;
        if (entry.holders === 0) end(key, entry);
      };
      return {
        namespace,
        name,
        state: () => stateOf(entry),
        settled: async (signal) => {
          await untilAborted(entry.reflector.hasSynced, signal);
          return stateOf(entry);
        },
        release,
        [Symbol.dispose]: release,
      };
    },
    get size() {
      return entries.size;
    },
    failures: () =>
      [...entries.values()].flatMap(({ namespace, name, reflector }) => {
        const message = reflector.status().lastError?.message;
        return message === undefined ? [] : [{ namespace, name, message }];
      }),
    [Symbol.dispose]: () => {
      for (const [key, entry] of [...entries]) end(key, entry);
    },
  };
}

function stateOf<T extends KubeObject>(entry: Entry<T>): ObjectState<T> {
  const object = entry.reflector.store.get(entry.namespace, entry.name);
  if (object !== undefined) return { kind: "present", object };
  const status: ReflectorStatus = entry.reflector.status();
  if (status.synced) return { kind: "absent" };
  return status.lastError === undefined
    ? { kind: "pending" }
    : { kind: "pending", lastError: status.lastError.message };
}

/** `promise`, or the abort reason if that comes first. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
