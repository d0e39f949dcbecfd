import type { EmulatorClock } from "../clock.ts";

/** Lets one state of a lifecycle last: `milliseconds` of the clock, or with 0 one turn of the event loop. */
export function pauseBetweenStates(clock: EmulatorClock, milliseconds: number): Promise<void> {
  if (milliseconds > 0) return clock.sleep(milliseconds);
  return new Promise((resolve) => setImmediate(resolve));
}
