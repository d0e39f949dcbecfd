import type { EmulatorClock } from "../clock.ts";
import type { Machine } from "./container-launcher.ts";

/** What tasks and jobs need of their emulator. */
export interface TaskSurroundings {
  readonly machine: Machine;
  readonly clock: EmulatorClock;
  /** How long each state lasts in which nothing happens on this machine, in milliseconds. */
  readonly transitionMs: number;
}
