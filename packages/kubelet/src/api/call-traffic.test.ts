import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { CallTraffic } from "./call-traffic.ts";

/** Calls under way, which end when told to. */
function startCalls(traffic: CallTraffic, count: number) {
  return Array.from({ length: count }, () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    return { done: traffic.count(() => promise), end: resolve, fail: reject };
  });
}

/** Whether a wait for calm is over, and what becomes of it. */
function waitFor(traffic: CallTraffic, signal?: AbortSignal) {
  const wait = { over: false, done: Promise.resolve() };
  wait.done = traffic.calm(signal).then(() => {
    wait.over = true;
  });
  return wait;
}

describe("CallTraffic", () => {
  it("lets a call that may wait go at once while few others are under way", async () => {
    const traffic = new CallTraffic(new FakeClock());
    startCalls(traffic, 3);
    await traffic.calm(undefined);
  });

  it("holds it back while there are many, failed ones counted no longer", async () => {
    const traffic = new CallTraffic(new FakeClock());
    const [first, second] = startCalls(traffic, 5);
    const wait = waitFor(traffic);
    first?.end();
    await first?.done;
    expect(wait.over).toBe(false);
    second?.fail(new Error("refused"));
    await expect(second?.done).rejects.toThrow("refused");
    await wait.done;
  });

  it("lets it go after a moment under any load, and at once when nobody wants it any more", async () => {
    const clock = new FakeClock();
    const traffic = new CallTraffic(clock);
    startCalls(traffic, 10);
    const abort = new AbortController();
    const [patient, aborted] = [waitFor(traffic), waitFor(traffic, abort.signal)];
    abort.abort(new Error("stop"));
    await aborted.done;
    expect(patient.over).toBe(false);
    await clock.advance(200);
    await patient.done;
    await waitFor(traffic, abort.signal).done;
  });
});
