import type { Pod } from "@vkubelet/core";
import type { BackoffState } from "@vkubelet/pod";
import type { AnnotationRecord } from "./annotation-record.ts";

/**
 * Which run of a pod is current, and its restart backoff: the runtime's own memory for providers that run a pod once.
 * Durable before the next run is created, so that a restarted kubelet neither repeats a run nor forgets the backoff.
 */
export class RunRecord {
  readonly #record: AnnotationRecord;

  constructor(record: AnnotationRecord) {
    this.#record = record;
  }

  observe(pod: Pod | undefined): void {
    this.#record.observe(pod);
  }

  /** The current run, from 0. */
  get attempt(): number {
    return wholeNumber(this.#record.read()?.["attempt"]) ?? 0;
  }

  /** The backoff after the run before the current one ended. */
  get backoff(): BackoffState | undefined {
    const entries = this.#record.read();
    const nextDelayMs = wholeNumber(entries?.["nextDelayMs"]);
    const updatedAtMs = wholeNumber(entries?.["updatedAtMs"]);
    return nextDelayMs === undefined || updatedAtMs === undefined ? undefined : { nextDelayMs, updatedAtMs };
  }

  /** Makes `attempt` the current run. */
  async advance(attempt: number, { nextDelayMs, updatedAtMs }: BackoffState): Promise<void> {
    await this.#record.write({
      attempt: String(attempt),
      nextDelayMs: String(nextDelayMs),
      updatedAtMs: String(Math.round(updatedAtMs)),
    });
  }
}

/** Anybody can write an annotation: what is no number counts as not written. */
function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
