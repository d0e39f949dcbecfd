import { createHash } from "node:crypto";
import type { Clock, Logger, PodNotice, PodRef } from "@vkubelet/core";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import { isNotFound } from "../api/kube-api-error.ts";
import { unneeded } from "../api/unneeded.ts";
import { EventSpamFilter } from "./event-spam-filter.ts";

/** Options of {@link EventRecorder}. */
export interface EventRecorderOptions {
  readonly client: KubeApiClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly nodeName: string;
  /** `reportingComponent` of the events. */
  readonly component: string;
}

interface RecordedEvent {
  readonly name: string;
  readonly firstTimestamp: string;
  count: number;
  lastMs: number;
}

const aggregationMs = 600_000;
const maxRemembered = 4_096;
const maxMessage = 1_024;
const maxPending = 1_000;

/** The object that an event is about. */
export interface EventSubject extends PodRef {
  readonly kind: "Pod" | "Node";
}

/**
 * Writes core/v1 Events, in order and off the caller's path. The same event about the same object within ten minutes
 * raises the count of the first one. Status goes first: while many calls are under way, events wait. An object that has
 * too many gets no more for a while. Losing an event is logged and harms nothing: status carries the truth.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #recorded = new Map<string, RecordedEvent>();
  readonly #abort = new AbortController();
  readonly #filter = new EventSpamFilter();
  #pending = 0;
  #dropping = false;
  #tail: Promise<void> = Promise.resolve();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  record(subject: EventSubject, notice: PodNotice): void {
    if (this.#abort.signal.aborted) return;
    const { logger, clock } = this.#options;
    const about = { reason: notice.reason, pod: subject.name };
    const { allowed, first } = this.#filter.pass(subject.uid, clock.monotonic());
    if (first) logger.warn("events dropped: this object has too many", about);
    if (!allowed) return;
    if (this.#pending >= maxPending) {
      if (!this.#dropping) logger.warn("events dropped: too many are waiting", about);
      this.#dropping = true;
      return;
    }
    this.#dropping = false;
    this.#pending += 1;
    this.#tail = this.#tail
      .then(() => this.#write(subject, notice))
      .catch((error: unknown) => {
        if (!this.#abort.signal.aborted) {
          this.#options.logger.warn("cannot write event", {
            reason: notice.reason,
            pod: subject.name,
            error,
          });
        }
      })
      .finally(() => {
        this.#pending -= 1;
      });
  }

  /** Writes what is waiting, at most for as long as the signal allows, and ends. */
  async stop(): Promise<void> {
    const pending = this.#tail;
    const timer = new AbortController();
    await Promise.race([pending, this.#options.clock.sleep(2_000, timer.signal).catch(() => {})]);
    timer.abort(unneeded);
    this.#abort.abort(new Error("the recorder was stopped"));
    await this.#tail;
  }

  async #write(subject: EventSubject, notice: PodNotice): Promise<void> {
    const { client, clock } = this.#options;
    const signal = this.#abort.signal;
    if (signal.aborted) return;
    const namespace = subject.kind === "Node" ? "default" : subject.namespace;
    const now = clock.now();
    const timestamp = secondsOf(now);
    const key = createHash("sha256")
      .update(
        JSON.stringify([subject.uid, notice.type, notice.reason, notice.message, notice.container ?? ""]),
      )
      .digest("hex");
    const earlier = this.#recorded.get(key);
    if (earlier !== undefined && clock.monotonic() - earlier.lastMs < aggregationMs) {
      earlier.count += 1;
      earlier.lastMs = clock.monotonic();
      const body = { count: earlier.count, lastTimestamp: timestamp };
      try {
        const path = `/api/v1/namespaces/${namespace}/events/${earlier.name}`;
        await client.patch(path, body, "merge", { answer: "none", signal });
        return;
      } catch (error) {
        // Never came to be, or was removed since: written anew.
        if (!isNotFound(error)) throw error;
      }
    }
    // Names of events end with 253 characters, as those of pods do.
    const name = `${subject.name.slice(0, 230).replace(/[-.]+$/, "")}.${now.toString(16)}${key.slice(0, 8)}`;
    this.#remember(key, { name, firstTimestamp: timestamp, count: 1, lastMs: clock.monotonic() });
    await client.create(
      `/api/v1/namespaces/${namespace}/events`,
      this.#eventObject(subject, notice, name, namespace, timestamp),
      { answer: "none", priority: "low", signal },
    );
  }

  #eventObject(
    subject: EventSubject,
    notice: PodNotice,
    name: string,
    namespace: string,
    timestamp: string,
  ): object {
    const { component, nodeName } = this.#options;
    return {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name, namespace },
      involvedObject: {
        apiVersion: "v1",
        kind: subject.kind,
        name: subject.name,
        uid: subject.uid,
        ...(subject.kind === "Pod" ? { namespace: subject.namespace } : {}),
        ...(notice.container === undefined ? {} : { fieldPath: `spec.containers{${notice.container}}` }),
      },
      type: notice.type,
      reason: notice.reason,
      message:
        notice.message.length > maxMessage ? `${notice.message.slice(0, maxMessage - 1)}…` : notice.message,
      source: { component, host: nodeName },
      reportingComponent: component,
      reportingInstance: nodeName,
      firstTimestamp: timestamp,
      lastTimestamp: timestamp,
      count: 1,
    };
  }

  #remember(key: string, event: RecordedEvent): void {
    this.#recorded.delete(key);
    this.#recorded.set(key, event);
    if (this.#recorded.size > maxRemembered) {
      const oldest = this.#recorded.keys().next();
      if (oldest.done !== true) this.#recorded.delete(oldest.value);
    }
  }
}

function secondsOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
