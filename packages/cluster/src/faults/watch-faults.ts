import type { ServerResponse } from "node:http";
import type { StreamEvent } from "../store/watch-stream.ts";
import type { ActiveFault } from "./fault-set.ts";

/** What is to be sent of the events at hand. */
export interface WatchPortion {
  readonly events: readonly StreamEvent[];
  /** The connection breaks after them. */
  readonly drops: boolean;
}

function limitOf(faults: readonly ActiveFault[], type: "dropWatch" | "stallWatch"): number {
  const limits = faults.map(({ effect, over }) =>
    effect.type === type && !over.aborted ? (effect.afterEvents ?? 0) : Number.POSITIVE_INFINITY,
  );
  return Math.min(Number.POSITIVE_INFINITY, ...limits);
}

/** Breaks or silences one watch as the faults ask for. */
export class WatchFaults {
  readonly #faults: readonly ActiveFault[];
  #sent = 0;

  constructor(faults: readonly ActiveFault[] = []) {
    this.#faults = faults;
  }

  /** True when the watch breaks before its first event. */
  get dropsAtOnce(): boolean {
    return limitOf(this.#faults, "dropWatch") === 0;
  }

  /** The part of the events that may be sent, after waiting for as long as the watch is stalled. */
  async *portions(events: readonly StreamEvent[], ended: AbortSignal): AsyncIterable<WatchPortion> {
    let rest = events;
    while (rest.length > 0) {
      const drop = limitOf(this.#faults, "dropWatch") - this.#sent;
      const stall = limitOf(this.#faults, "stallWatch") - this.#sent;
      const room = Math.max(0, Math.min(drop, stall));
      const part = rest.slice(0, room);
      rest = rest.slice(part.length);
      this.#sent += part.filter(({ type }) => type !== "BOOKMARK").length;
      const drops = part.length >= drop;
      if (part.length > 0 || drops) yield { events: part, drops };
      if (drops || ended.aborted) return;
      if (rest.length > 0) await this.#stalled(ended);
    }
  }

  async #stalled(ended: AbortSignal): Promise<void> {
    const stalling = this.#faults.filter(({ effect }) => effect.type === "stallWatch");
    for (const { over } of stalling) {
      if (over.aborted || ended.aborted) continue;
      await new Promise<void>((resolve) => {
        AbortSignal.any([over, ended]).addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }
}

/** Breaks the connection of an answer that has begun, once what was written has gone out. */
export function breakConnection(response: ServerResponse): void {
  response.socket?.destroySoon();
}
