import type { Clock } from "@vkubelet/core";
import { unneeded } from "./unneeded.ts";

/** A signal that aborts with its parent, or when nobody touched it for a while. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** Whether the time ran out (and not the parent's patience). */
  readonly exceeded: boolean;
  /** Starts the time anew. */
  touch(): void;
  /** Lets no time count until `touch`. */
  hold(): void;
}

/** A deadline `milliseconds` from now; without a number only the parent aborts it. Dispose of it to free the timer. */
export function startDeadline(
  clock: Clock,
  milliseconds: number | undefined,
  parent: AbortSignal | undefined,
): Deadline {
  const controller = new AbortController();
  const timer = new AbortController();
  const onAbort = () => controller.abort(parent?.reason);
  if (parent?.aborted) onAbort();
  else parent?.addEventListener("abort", onAbort, { once: true });
  let exceeded = false;
  let touched = clock.monotonic();
  let held = false;

  const watchTime = async (limit: number) => {
    for (let left = limit; left > 0; left = held ? limit : touched + limit - clock.monotonic()) {
      await clock.sleep(left, timer.signal);
    }
    exceeded = true;
    controller.abort(new Error("the time ran out"));
  };
  // The only rejection is the end of the timer by dispose.
  if (milliseconds !== undefined && !controller.signal.aborted) watchTime(milliseconds).catch(() => {});

  return {
    signal: controller.signal,
    get exceeded() {
      return exceeded;
    },
    touch: () => {
      touched = clock.monotonic();
      held = false;
    },
    hold: () => {
      held = true;
    },
    [Symbol.dispose]: () => {
      timer.abort(unneeded);
      parent?.removeEventListener("abort", onAbort);
    },
  };
}
