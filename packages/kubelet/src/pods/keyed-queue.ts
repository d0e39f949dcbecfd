import type { Clock, Logger } from "@vkubelet/core";
import { unneeded } from "../api/unneeded.ts";

/** Options of {@link KeyedQueue}. */
export interface KeyedQueueOptions {
  /**
   * Handles one key. May return milliseconds after which the key is due again. An error makes the key due again with
   * exponential backoff (1 s doubling to 60 s) and is logged; it never ends the queue.
   */
  readonly process: (key: string, signal: AbortSignal) => Promise<number | undefined>;
  /** How many keys are handled at the same time. */
  readonly concurrency: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

const firstRetryMs = 1_000;
const maxRetryMs = 60_000;

/**
 * A queue of keys with the guarantees that a level-triggered controller rests on:
 * - a key is never handled twice at the same time;
 * - a key added while it is handled is handled once more afterwards, however often it was added;
 * - keys are handled in the order in which they became due;
 * - a later `addAfter` replaces an earlier one only when it is due sooner.
 */
export class KeyedQueue {
  readonly #options: KeyedQueueOptions;
  readonly #abort = new AbortController();
  readonly #ready = new Set<string>();
  readonly #active = new Set<string>();
  readonly #dirty = new Set<string>();
  readonly #delayed = new Map<string, { readonly due: number; readonly cancel: AbortController }>();
  readonly #failures = new Map<string, number>();
  #idle: (() => void)[] = [];

  constructor(options: KeyedQueueOptions) {
    this.#options = options;
  }

  /** Makes the key due now. */
  add(key: string): void {
    if (this.#abort.signal.aborted) return;
    this.#cancelDelay(key);
    if (this.#active.has(key)) this.#dirty.add(key);
    else this.#ready.add(key);
    this.#pump();
  }

  /** Makes the key due after `milliseconds`, unless it is due sooner already. */
  addAfter(key: string, milliseconds: number): void {
    if (this.#abort.signal.aborted) return;
    const due = this.#options.clock.monotonic() + milliseconds;
    const planned = this.#delayed.get(key);
    if (planned !== undefined && planned.due <= due) return;
    this.#cancelDelay(key);
    const cancel = new AbortController();
    this.#delayed.set(key, { due, cancel });
    this.#options.clock.sleep(milliseconds, cancel.signal).then(
      () => {
        this.#delayed.delete(key);
        this.add(key);
      },
      () => {},
    );
  }

  /** Drops what is planned for the key and what is known of its failures. */
  forget(key: string): void {
    this.#cancelDelay(key);
    this.#ready.delete(key);
    this.#dirty.delete(key);
    this.#failures.delete(key);
  }

  /** Aborts what runs, drops the rest, and resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#abort.abort(new Error("the queue was stopped"));
    for (const key of [...this.#delayed.keys()]) this.#cancelDelay(key);
    this.#ready.clear();
    this.#dirty.clear();
    if (this.#active.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #cancelDelay(key: string): void {
    this.#delayed.get(key)?.cancel.abort(unneeded);
    this.#delayed.delete(key);
  }

  #pump(): void {
    for (const key of this.#ready) {
      if (this.#active.size >= this.#options.concurrency) return;
      this.#ready.delete(key);
      this.#active.add(key);
      void this.#run(key);
    }
  }

  async #run(key: string): Promise<void> {
    try {
      const again = await this.#options.process(key, this.#abort.signal);
      this.#failures.delete(key);
      if (again !== undefined && !this.#dirty.has(key)) this.addAfter(key, again);
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#retry(key, error);
    } finally {
      this.#active.delete(key);
      if (this.#dirty.delete(key) && !this.#abort.signal.aborted) this.add(key);
      this.#pump();
      if (this.#active.size === 0) {
        for (const resolve of this.#idle.splice(0)) resolve();
      }
    }
  }

  #retry(key: string, error: unknown): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const delay = Math.min(maxRetryMs, firstRetryMs * 2 ** (failures - 1));
    this.#options.logger.warn("work failed, will be repeated", { key, error, failures, delayMs: delay });
    this.addAfter(key, delay);
  }
}
