import { type Clock, systemClock } from "@vkubelet/core";

/**
 * A clock that runs `factor` times as fast as the wall clock, from now on: what AWS does in a minute takes seconds,
 * while processes and sockets have real time for their work.
 */
export function acceleratedClock(factor: number): Clock {
  const start = systemClock.now();
  return {
    now: () => Math.round(start + (systemClock.now() - start) * factor),
    monotonic: () => systemClock.monotonic() * factor,
    sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / factor, signal),
  };
}
