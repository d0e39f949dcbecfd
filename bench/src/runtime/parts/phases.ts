import type { Phase } from "../results/figures.ts";

/** What a phase needs to end in time. */
export interface PhaseSettings {
  readonly limitMs: number;
  /** Resolves when the measured process has ended, which fails the phase; left out where it may end. */
  readonly exited?: Promise<void>;
}

/** Under this the machine swaps or kills, and nothing that is measured then means anything. */
const leastFreeMiB = 512;

/** Slower than ten pods a second is not waited for; the rest is for what trails behind. */
export const phaseLimitMs = (pods: number): number => 300_000 + pods * 100;

/** The phases of one measurement, one after the other; knows which of them failed. */
export class Phases {
  #current: Phase = "start";
  readonly #availableMiB: () => number;

  constructor(availableMiB = () => process.availableMemory() / 1024 ** 2) {
    this.#availableMiB = availableMiB;
  }

  /** The phase that runs, or ran last. */
  get current(): Phase {
    return this.#current;
  }

  /** Rejects when the work does, when its time is up, or when the measured process ends; aborts the work then. */
  async run<T>(
    phase: Phase,
    { limitMs, exited }: PhaseSettings,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    this.#current = phase;
    const free = Math.floor(this.#availableMiB());
    if (free < leastFreeMiB) {
      throw new Error(`only ${free} MiB of memory are left; measure fewer pods, or on a larger machine`);
    }
    const abort = new AbortController();
    const { promise: interrupted, reject } = Promise.withResolvers<never>();
    const interrupt = (error: Error) => {
      abort.abort(error);
      // What the work knows about how far it came says more; it is told first.
      setImmediate(() => reject(error));
    };
    const timer = setTimeout(() => interrupt(new Error(`not done within ${limitMs / 1_000} s`)), limitMs);
    let done = false;
    void exited?.then(() => done || interrupt(new Error("the measured process ended by itself")));
    const working = work(abort.signal);
    working.catch(() => {});
    try {
      return await Promise.race([working, interrupted]);
    } finally {
      done = true;
      clearTimeout(timer);
    }
  }
}
