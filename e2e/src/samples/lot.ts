/** A JSON object. */
export type Json = Record<string, unknown>;

/** Draws by lot, always alike for the same seed (mulberry32). */
export class Lot {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, and without, `bound`. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** The fields of some of the choices, each taken in `percent` of the cases. */
  some(percent: number, choices: readonly (() => Json)[]): Json {
    return Object.assign({}, ...choices.map((choice) => (this.below(100) < percent ? choice() : {})));
  }
}
