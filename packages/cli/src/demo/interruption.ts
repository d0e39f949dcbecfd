/** What ends the demo from outside, and what went wrong unseen: both must lead to a clean stop, for pods outlive us. */
export interface Interruption {
  /** Aborted by SIGINT, SIGTERM, SIGHUP, an output that nobody reads any more, or a failure nobody has caught. */
  readonly signal: AbortSignal;
  /** The failure that nobody has caught, if that was it. */
  failure(): Error | undefined;
}

/**
 * Listens to the end of the process, so that a signal no longer kills it: a second one, such as npm repeats, must not
 * cut the cleaning up short.
 */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let failure: Error | undefined;
  const interrupt = (reason: string) => {
    if (controller.signal.aborted) return;
    controller.abort(new Error(`interrupted by ${reason}`));
    process.stdout.write(`\n${reason}: stopping\n`);
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => interrupt(name));
  process.stdout.on("error", (error) => interrupt(`a closed output (${error.message})`));
  process.on("uncaughtException", (error) => {
    failure ??= error;
    interrupt("a failure that nobody has caught");
  });
  return { signal: controller.signal, failure: () => failure };
}
