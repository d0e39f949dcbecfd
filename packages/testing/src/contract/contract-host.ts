import {
  type CallContext,
  type Clock,
  formatPodRef,
  type LogFields,
  type Logger,
  type PodContext,
  type PodNotice,
  type PodRef,
} from "@vkubelet/core";
import { ContractRecord } from "./contract-record.ts";
import { ContractViolation } from "./contract-violation.ts";

/** The part of a host that a provider meets: contexts, records that outlive it, and what it said. */
export class ContractHost {
  readonly clock: Clock;
  readonly limitMs: number;
  /** What the provider logged and notified, as JSON, in order. */
  readonly said: string[] = [];
  readonly #records = new Map<string, ContractRecord>();
  readonly #over = new AbortController();

  constructor(clock: Clock, limitMs: number) {
    this.clock = clock;
    this.limitMs = limitMs;
  }

  /** Aborts every call that is still under way: the case is over. */
  end(): void {
    this.#over.abort(new Error("the contract case is over"));
  }

  record(ref: PodRef): ContractRecord {
    const record = this.#records.get(ref.uid) ?? new ContractRecord();
    this.#records.set(ref.uid, record);
    return record;
  }

  call(signal?: AbortSignal): CallContext {
    const over = this.#over.signal;
    return { signal: signal ?? over, logger: this.#logger(), clock: this.clock };
  }

  pod(ref: PodRef, signal?: AbortSignal): PodContext {
    const notify = (notice: PodNotice) => {
      this.said.push(JSON.stringify(notice));
    };
    return { ...this.call(signal), record: this.record(ref), notify };
  }

  /** The outcome of a call, which must come within the limit. */
  async bounded<T>(work: Promise<T>, what: string): Promise<T> {
    const done = new AbortController();
    const limit = async () => {
      await this.clock.sleep(this.limitMs, done.signal);
      throw new ContractViolation(`${what} did not end within ${this.limitMs / 1_000} s`);
    };
    const expiry = limit();
    // Whichever comes second is nobody's concern any more: an abort of the sleep, or a call that was given up.
    expiry.catch(() => {});
    work.catch(() => {});
    try {
      return await Promise.race([work, expiry]);
    } finally {
      done.abort();
    }
  }

  /** As {@link bounded}, for a call about a pod. */
  boundedFor<T>(ref: PodRef, method: string, work: Promise<T>): Promise<T> {
    return this.bounded(work, `${method} of ${formatPodRef(ref)}`);
  }

  #logger(): Logger {
    const note = (message: string, fields: LogFields = {}) => {
      this.said.push(JSON.stringify({ message, ...fields }));
    };
    const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger };
    return logger;
  }
}
