import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Phases } from "./phases.ts";

const enough = () => 10_000;
const limitMs = 5_000;

/** Work that ends only by its signal, and says how far it came. */
const endless = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () =>
      reject(new Error(`half way: ${(signal.reason as Error).message}`)),
    );
  });

describe("phases", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("answer what the work does, and know which of them runs", async () => {
    const phases = new Phases(enough);
    expect(await phases.run("creation", { limitMs }, async () => phases.current)).toBe("creation");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("end work whose time is up, with what it says about how far it came", async () => {
    const running = new Phases(enough).run("deletion", { limitMs }, endless);
    const outcome = expect(running).rejects.toThrow("half way: not done within 5 s");
    await vi.advanceTimersByTimeAsync(limitMs);
    await outcome;
  });

  it("end even work that does not heed its signal", async () => {
    const running = new Phases(enough).run("deletion", { limitMs }, () => new Promise(() => {}));
    const outcome = expect(running).rejects.toThrow("not done within 5 s");
    await vi.advanceTimersByTimeAsync(limitMs + 1);
    await outcome;
  });

  it("fail when the measured process ends by itself", async () => {
    const exited = Promise.resolve();
    const running = new Phases(enough).run("creation", { limitMs, exited }, endless);
    const outcome = expect(running).rejects.toThrow("the measured process ended by itself");
    await vi.advanceTimersByTimeAsync(1);
    await outcome;
  });

  it("pass on what the work itself fails of", async () => {
    const phases = new Phases(enough);
    const work = async () => {
      throw new Error("create pod a: status 500");
    };
    await expect(phases.run("second creation", { limitMs }, work)).rejects.toThrow("status 500");
    expect(phases.current).toBe("second creation");
  });

  it("do not begin without memory", async () => {
    const work = vi.fn(async () => {});
    const running = new Phases(() => 100.7).run("creation", { limitMs }, work);
    await expect(running).rejects.toThrow("only 100 MiB of memory are left");
    expect(work).not.toHaveBeenCalled();
  });
});
