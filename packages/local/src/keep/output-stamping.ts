import type { Clock, Logger } from "@vkubelet/core";
import { LogStamper } from "../logs/log-index.ts";
import { type LogLimits, trimLogs } from "../logs/trim-logs.ts";

export interface OutputStampingOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends what waits. */
  readonly signal: AbortSignal;
  readonly limits: LogLimits;
  /** Drops output that is too old; undefined: nothing can. */
  readonly fallocate: string | undefined;
  /** Output has got its time. */
  onStamped(): void;
}

/** Output that was seen is stamped at most so often. */
const stampIntervalMs = 100;

/** Gives the output of a pod's instances its times, not more often than is of use. */
export class OutputStamping {
  readonly stamper: LogStamper = new LogStamper((directory) => this.#trim(directory));
  readonly #options: OutputStampingOptions;
  readonly #scheduled = new Set<string>();
  #stampedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: OutputStampingOptions) {
    this.#options = options;
  }

  /** Output that came since the last look gets its time. An instance that has ended is stamped for good. */
  async stampAll(directories: Iterable<string>): Promise<void> {
    this.#stampedAtMs = this.#options.clock.monotonic();
    for (const directory of directories) await this.stamper.stamp(directory);
  }

  async #trim(directory: string): Promise<void> {
    const { fallocate, limits, logger } = this.#options;
    if (fallocate === undefined) return;
    try {
      await trimLogs(directory, limits, fallocate);
    } catch (error) {
      // Output that takes more room than it should must not keep its pod from being looked after.
      logger.warn("old output could not be dropped", { directory, error: (error as Error).message });
    }
  }

  /** There is output in a directory: stamps it soon. */
  schedule(directory: string): void {
    if (this.#scheduled.has(directory)) return;
    this.#scheduled.add(directory);
    const { clock, logger, signal } = this.#options;
    const waitMs = Math.max(0, this.#stampedAtMs + stampIntervalMs - clock.monotonic());
    const stamp = async () => {
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      this.#scheduled.delete(directory);
      this.#stampedAtMs = clock.monotonic();
      await this.stamper.stamp(directory);
      this.#options.onStamped();
    };
    stamp().catch((error: unknown) => {
      this.#scheduled.delete(directory);
      if (!signal.aborted) {
        logger.warn("stamping output failed", { directory, error: (error as Error).message });
      }
    });
  }
}
