import { formatTime, type KubeObject } from "../api/objects.ts";
import type { Clock } from "../clock.ts";
import type { Registry } from "../registry/registry.ts";

const rememberedEvents = 4096;

/** Writes events about objects; the same news again counts up instead of making another event. */
export class EventRecorder {
  readonly #registry: Registry;
  readonly #clock: Clock;
  /** Name of the event for each piece of news, the oldest first. */
  readonly #recent = new Map<string, string>();

  constructor(registry: Registry, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
  }

  /** Records news about an object. Nothing is written in a namespace that is ending. */
  record(
    object: KubeObject,
    type: "Normal" | "Warning",
    reason: string,
    message: string,
    component: string,
  ): void {
    const namespace = object.metadata.namespace ?? "default";
    const home = this.#registry.store.get(
      this.#registry.types.require("", "namespaces"),
      undefined,
      namespace,
    );
    if (!home || home.metadata.deletionTimestamp) return;
    const events = this.#registry.types.require("", "events");
    const news = [namespace, object.metadata.uid, reason, message].join("\n");
    const time = formatTime(this.#clock.now());
    const known = this.#recent.get(news);
    if (known !== undefined && this.#registry.store.get(events, namespace, known)) {
      this.#registry.mutate(events, namespace, known, (event) => ({
        ...event,
        count: (event["count"] ?? 1) + 1,
        lastTimestamp: time,
      }));
      return;
    }
    const { apiVersion, kind } = object;
    const { name, uid, resourceVersion } = object.metadata;
    const created = this.#registry.create(events, namespace, {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "", generateName: `${name.slice(0, 200)}.` },
      involvedObject: {
        apiVersion,
        kind,
        name,
        uid,
        resourceVersion,
        ...(object.metadata.namespace ? { namespace } : {}),
      },
      reason,
      message: message.slice(0, 1024),
      type,
      source: { component },
      reportingComponent: component,
      reportingInstance: "",
      count: 1,
      firstTimestamp: time,
      lastTimestamp: time,
    });
    this.#remember(news, created.metadata.name);
  }

  #remember(news: string, name: string): void {
    this.#recent.set(news, name);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > rememberedEvents && oldest !== undefined) this.#recent.delete(oldest);
  }
}
