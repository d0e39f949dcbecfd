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
    const attempt = Number(this.#record.read()?.["attempt"] ?? "0");
    return Number.isSafeInteger(attempt) && attempt >= 0 ? attempt : 0;
  }

  /** The backoff after the run before the current one ended. */
  get backoff(): BackoffState | undefined {
    const text = this.#record.read()?.["backoff"];
    return text === undefined ? undefined : (JSON.parse(text) as BackoffState);
  }

  /** Makes `attempt` the current run. */
  async advance(attempt: number, backoff: BackoffState): Promise<void> {
    await this.#record.write({ attempt: String(attempt), backoff: JSON.stringify(backoff) });
  }
}
