import { describe, expect, it } from "vitest";
import { FakeClock } from "./fake-clock.ts";

describe("FakeClock", () => {
  it("wakes sleepers in the order in which they are due, also those that a wake-up started", async () => {
    const clock = new FakeClock(0);
    const woken: string[] = [];
    void clock.sleep(20).then(() => woken.push(`b@${clock.now()}`));
    void clock.sleep(10).then(async () => {
      woken.push(`a@${clock.now()}`);
      await clock.sleep(5);
      woken.push(`a2@${clock.now()}`);
    });
    await clock.advance(30);
    expect(woken).toEqual(["a@10", "a2@15", "b@20"]);
    expect(clock.now()).toBe(30);
  });

  it("jumps without time passing: nobody wakes, and durations are what they were", async () => {
    const clock = new FakeClock(0);
    let isAwake = false;
    void clock.sleep(10).then(() => {
      isAwake = true;
    });
    clock.jump(-5_000);
    await clock.advance(9);
    expect([clock.now(), clock.monotonic(), isAwake]).toEqual([-4_991, 9, false]);
    clock.jump(9_000);
    await clock.advance(1);
    expect([clock.now(), clock.monotonic(), isAwake]).toEqual([4_010, 10, true]);
  });

  it("rejects a sleep with the reason of its signal and forgets it", async () => {
    const clock = new FakeClock(0);
    const controller = new AbortController();
    const sleep = clock.sleep(10, controller.signal);
    controller.abort(new Error("over"));
    await expect(sleep).rejects.toThrow("over");
    expect(clock.sleeping).toBe(0);
  });
});
