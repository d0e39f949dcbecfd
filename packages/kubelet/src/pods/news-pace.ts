/** So many pieces of news of one pod are acted upon at once. */
const burst = 40;
/** Beyond that, one in so many milliseconds. */
const paceMs = 1_000;

/**
 * How often news give one pod its turn: observations, and the changes of its object that mostly are the echo of what was
 * written before. Ordinary lives stay far below the limits; a backend that floods is followed at a steady pace, in which
 * the latest observation counts, so that the API server is not flooded in turn.
 */
export class NewsPace {
  #turns = burst;
  #countedAt = 0;
  #pending = false;

  /** There is news: milliseconds until the pod's turn, 0 for now. */
  wait(now: number): number {
    this.#pending = true;
    this.#refill(now);
    return this.#turns >= 1 ? 0 : Math.ceil((1 - this.#turns) * paceMs);
  }

  /** The pod has its turn, whatever for: the news so far are acted upon. */
  take(now: number): void {
    if (!this.#pending) return;
    this.#pending = false;
    this.#refill(now);
    this.#turns = Math.max(0, this.#turns - 1);
  }

  #refill(now: number): void {
    this.#turns = Math.min(burst, this.#turns + Math.max(0, now - this.#countedAt) / paceMs);
    this.#countedAt = now;
  }
}
