import type { KubeObject } from "../api/objects.ts";
import { bootstrap, furnishNamespace } from "../bootstrap.ts";
import type { Clock } from "../clock.ts";
import { type Controller, type ControllerContext, runController } from "../controllers/controller.ts";
import { EventRecorder } from "../controllers/event-recorder.ts";
import { Registry } from "../registry/registry.ts";
import { ResourceTypes } from "../resources/resource-types.ts";
import { objectIndexes } from "../store/object-indexes.ts";
import { Store } from "../store/store.ts";

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  #now = Date.parse("2026-01-01T00:00:00Z");
  #sleepers: { readonly due: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      this.#sleepers.push({ due: this.#now + milliseconds, wake: resolve });
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  /** Lets time pass; wakes who is due in order of time. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = this.#sleepers.filter(({ due }) => due <= end).sort((left, right) => left.due - right.due);
      if (!next) break;
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      this.#now = Math.max(this.#now, next.due);
      next.wake();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

/** Waits until everything that needs no time has happened. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A registry with what a new cluster has, and no server. */
export function createFixture(options: { readonly taintNewNodes?: boolean; readonly historyLimit?: number } = {}) {
  const clock = new ManualClock();
  const store = new Store(options.historyLimit ?? 1000, objectIndexes);
  const registry = new Registry(store, new ResourceTypes(), clock, {
    taintNewNodes: options.taintNewNodes ?? false,
    onNamespaceCreated: (target, name) => furnishNamespace(target, name, "CA"),
  });
  bootstrap(registry, "KUBELET CA");
  const type = (resource: string) => {
    const [plural = "", ...group] = resource.split(".");
    return registry.types.require(group.join("."), plural);
  };
  return { clock, store, registry, type };
}

/** Runs controllers until the returned function is called; failures are collected. */
export function start(fixture: ReturnType<typeof createFixture>, make: (context: ControllerContext) => Controller[]) {
  const { registry, clock } = fixture;
  const stop = new AbortController();
  const errors: unknown[] = [];
  const context: ControllerContext = { registry, clock, events: new EventRecorder(registry, clock) };
  const running = make(context).map((controller) => runController(controller, context, (error) => errors.push(error), stop.signal));
  return {
    errors,
    async stop() {
      stop.abort(new Error("test over"));
      await Promise.all(running);
    },
  };
}

export function pod(name: string, spec: Record<string, unknown> = {}): KubeObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { containers: [{ name: "c", image: "nginx:1" }], ...spec } };
}

export function readyNode(name: string, allocatable: Record<string, string> = { cpu: "4", memory: "8Gi", pods: "110" }): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    spec: {},
    status: { allocatable, capacity: allocatable, conditions: [{ type: "Ready", status: "True" }] },
  };
}

export const template = {
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "c", image: "nginx:1" }] },
};
