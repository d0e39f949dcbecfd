import { setImmediate } from "node:timers/promises";
import type { KubeObject } from "../api/objects.ts";
import type { Clock } from "../clock.ts";
import type { Registry } from "../registry/registry.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import type { StreamEvent } from "../store/watch-stream.ts";
import type { EventRecorder } from "./event-recorder.ts";
import { WorkQueue } from "./work-queue.ts";

/** What every controller works with. */
export interface ControllerContext {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly events: EventRecorder;
}

/** A change of an object, as a controller hears of it. */
export interface ObjectChange {
  readonly deleted: boolean;
  readonly object: KubeObject;
}

/** Resources that a controller looks at, and which keys a change of one concerns. */
export interface ControllerWatch {
  readonly type: ResourceType;
  keys(change: ObjectChange): Iterable<string>;
}

/**
 * A level-triggered controller: whatever changed, `reconcile` looks at the present state of one key and moves it towards
 * the desired one. It is never called twice at once.
 */
export interface Controller {
  readonly name: string;
  readonly watches: readonly ControllerWatch[];
  /** Returns milliseconds after which to look again, or nothing. A throw is retried with growing delays. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most controllers have nothing to return
  reconcile(key: string): number | void | Promise<number | void>;
}

/** Told of every failed attempt; the attempt is repeated anyway. */
export type ControllerErrorHandler = (error: unknown, controller: string, key: string) => void;

/** Key of an object for a controller's queue. */
export function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
}

/** Namespace and name of a key. */
export function splitKey(key: string): { readonly namespace: string | undefined; readonly name: string } {
  const slash = key.indexOf("/");
  return { namespace: key.slice(0, slash) || undefined, name: key.slice(slash + 1) };
}

async function follow(
  context: ControllerContext,
  watch: ControllerWatch,
  queue: WorkQueue,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const stream = context.registry.store.watch(watch.type);
    const close = () => stream.close();
    signal.addEventListener("abort", close, { once: true });
    // A stream that overflowed ends; the next one starts with the whole present state, so nothing is missed for good.
    for await (const event of stream) enqueue(watch, event, queue);
    signal.removeEventListener("abort", close);
  }
}

function enqueue(watch: ControllerWatch, event: StreamEvent, queue: WorkQueue): void {
  if (event.type === "BOOKMARK") return;
  for (const key of watch.keys({ deleted: event.type === "DELETED", object: event.object })) queue.add(key);
}

const sliceMs = 20;

/** Looks at waiting keys until none is left or the time slice is used up. */
async function workThrough(
  controller: Controller,
  queue: WorkQueue,
  onError: ControllerErrorHandler,
): Promise<void> {
  const end = performance.now() + sliceMs;
  for (let key = queue.take(); key !== undefined; key = performance.now() < end ? queue.take() : undefined) {
    try {
      const result = controller.reconcile(key);
      const again = result instanceof Promise ? await result : result;
      queue.forget(key);
      if (typeof again === "number") queue.addAfter(key, again);
    } catch (error) {
      onError(error, controller.name, key);
      queue.retry(key);
    }
  }
}

/** Runs a controller until the signal aborts. */
export async function runController(
  controller: Controller,
  context: ControllerContext,
  onError: ControllerErrorHandler,
  signal: AbortSignal,
): Promise<void> {
  const queue = new WorkQueue(context.clock, signal);
  const followers = controller.watches.map((watch) => follow(context, watch, queue, signal));
  while (await queue.ready()) {
    // Letting everybody else run first gathers the changes that come together, and keeps requests answered meanwhile.
    await setImmediate();
    await workThrough(controller, queue, onError);
  }
  await Promise.all(followers);
}
