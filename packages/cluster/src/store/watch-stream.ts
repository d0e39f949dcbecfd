import type { KubeObject } from "../api/objects.ts";

/** A change as one watcher sees it. A bookmark carries no object, only the revision up to which all was sent. */
export type StreamEvent =
  | {
      readonly type: "ADDED" | "MODIFIED" | "DELETED";
      readonly object: KubeObject;
      readonly revision: number;
    }
  | { readonly type: "BOOKMARK"; readonly revision: number; readonly initialEventsEnd: boolean };

/**
 * The bounded queue between the store and one watcher. Events come out in the order of the store's revisions, none
 * missing. A watcher that lets the queue overflow is dropped: `overflowed` turns true and the iteration ends after what
 * was already taken.
 */
export class WatchStream implements AsyncIterable<StreamEvent> {
  #queue: StreamEvent[] = [];
  #wake: (() => void) | undefined;
  #closed = false;
  #overflowed = false;
  readonly #limit: number;
  readonly #onClose: (stream: WatchStream) => void;

  constructor(limit: number, onClose: (stream: WatchStream) => void) {
    this.#limit = limit;
    this.#onClose = onClose;
  }

  /** True when this watcher was dropped because it read too slowly. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /** Adds the events of the initial state or of the history, which do not count against the limit. */
  prefill(events: Iterable<StreamEvent>): void {
    for (const event of events) this.#queue.push(event);
  }

  /** Adds a live event. */
  push(event: StreamEvent): void {
    if (this.#closed) return;
    if (this.#queue.length >= this.#limit && event.type !== "BOOKMARK") {
      this.#overflowed = true;
      this.#queue = [];
      this.close();
      return;
    }
    this.#queue.push(event);
    this.#wake?.();
  }

  /** Ends the stream; what is queued is still delivered. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose(this);
    this.#wake?.();
  }

  /** All queued events at once: the HTTP layer writes them in one go. Empty means the stream has ended. */
  async take(): Promise<readonly StreamEvent[]> {
    while (this.#queue.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    const events = this.#queue;
    this.#queue = [];
    return events;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<StreamEvent> {
    try {
      for (;;) {
        const events = await this.take();
        if (events.length === 0) return;
        yield* events;
      }
    } finally {
      this.close();
    }
  }
}
