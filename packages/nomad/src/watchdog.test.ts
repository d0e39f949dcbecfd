import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { withWatchdog } from "./watchdog.ts";

const limits = { firstMs: 15_000, nextMs: 75_000 };

async function* silentAfter(count: number): AsyncIterable<number> {
  for (let index = 0; index < count; index += 1) yield index;
  await new Promise(() => {});
}

describe("withWatchdog", () => {
  it("breaks a stream that never begins, as Nomad's does when it is refused", async () => {
    const clock = new FakeClock();
    const next = withWatchdog(silentAfter(0), limits, clock)[Symbol.asyncIterator]().next();
    const rejected = expect(next).rejects.toMatchObject({
      code: "Unavailable",
      reason: "NomadEventStreamSilent",
      message: expect.stringContaining("read-job"),
    });
    await clock.advance(15_000);
    await rejected;
  });

  it("breaks a stream that goes silent, and no sooner", async () => {
    const clock = new FakeClock();
    const items = withWatchdog(silentAfter(1), limits, clock)[Symbol.asyncIterator]();
    expect(await items.next()).toEqual({ done: false, value: 0 });
    let broken = false;
    const next = items.next().catch((error: Error) => {
      broken = true;
      return error.message;
    });
    await clock.advance(74_999);
    expect(broken).toBe(false);
    await clock.advance(1);
    expect(await next).toContain("silent");
    expect(clock.sleeping).toBe(0);
  });

  it("passes on items, the end, and errors", async () => {
    const clock = new FakeClock();
    const failing = async function* () {
      yield 1;
      throw new Error("cut");
    };
    const items: number[] = [];
    const read = async () => {
      for await (const item of withWatchdog(failing(), limits, clock)) items.push(item);
    };
    await expect(read()).rejects.toThrow("cut");
    expect(items).toEqual([1]);
    expect(clock.sleeping).toBe(0);
  });
});
