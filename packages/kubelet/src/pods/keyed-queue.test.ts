import { silentLogger } from "@vkubelet/core";
import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { KeyedQueue } from "./keyed-queue.ts";

function queueOf(process: (key: string) => Promise<number | undefined>, concurrency = 2) {
  const clock = new FakeClock(0);
  return { clock, queue: new KeyedQueue({ process, concurrency, clock, logger: silentLogger }) };
}

describe("KeyedQueue", () => {
  it("never handles a key twice at the same time, and once more when it was added meanwhile", async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    const { queue, clock } = queueOf(async () => {
      running += 1;
      most = Math.max(most, running);
      runs += 1;
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return undefined;
    });
    queue.add("a");
    queue.add("a");
    queue.add("a");
    await clock.advance(0);
    expect({ most, runs }).toEqual({ most: 1, runs: 2 });
  });

  it("bounds how many keys are handled at once", async () => {
    const release: (() => void)[] = [];
    const { queue, clock } = queueOf(
      () => new Promise((resolve) => release.push(() => resolve(undefined))),
      2,
    );
    for (const key of ["a", "b", "c"]) queue.add(key);
    await clock.advance(0);
    expect(release.length).toBe(2);
    release[0]?.();
    await clock.advance(0);
    expect(release.length).toBe(3);
  });

  it("repeats a failing key with doubled delays, and forgets the failures after a success", async () => {
    const times: number[] = [];
    const { queue, clock } = queueOf(async () => {
      times.push(clock.now());
      if (times.length < 4) throw new Error("not yet");
      return undefined;
    });
    queue.add("a");
    await clock.advance(60_000);
    expect(times).toEqual([0, 1_000, 3_000, 7_000]);
  });

  it("keeps the sooner of two delays", async () => {
    const times: number[] = [];
    const { queue, clock } = queueOf(async () => {
      times.push(clock.now());
      return undefined;
    });
    queue.addAfter("a", 500);
    queue.addAfter("a", 900);
    queue.addAfter("a", 200);
    await clock.advance(2_000);
    expect(times).toEqual([200]);
  });

  it("stops: drops what is planned and waits for what runs", async () => {
    let finished = false;
    const { queue, clock } = queueOf(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      finished = true;
      return undefined;
    });
    queue.add("a");
    queue.addAfter("b", 10);
    await queue.stop();
    expect(finished).toBe(true);
    expect(clock.sleeping).toBe(0);
  });
});
