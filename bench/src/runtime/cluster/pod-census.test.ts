import { describe, expect, it } from "vitest";
import { PodCensus } from "./pod-census.ts";
import type { SeenPod } from "./pod-watch.ts";

function podOf(name: string, phase?: string): SeenPod {
  return {
    metadata: { name, uid: name, resourceVersion: "1" },
    spec: { containers: [] },
    status: phase === undefined ? {} : { phase },
  };
}

/** A census whose clock says what the test says. */
function censusAt(times: readonly number[]): PodCensus {
  const clock = times.values();
  return new PodCensus(() => clock.next().value ?? Number.NaN);
}

const never = new AbortController().signal;

describe("census of pods", () => {
  it("takes the first time that a state was seen", () => {
    const census = censusAt([10, 25, 40, 70]);
    census.bound("a");
    census.see(podOf("a", "Pending"), false);
    census.see(podOf("a", "Running"), false);
    census.see(podOf("a", "Running"), false);
    census.see(podOf("a", "Succeeded"), false);
    census.see(podOf("a", "Succeeded"), true);
    expect(census.times).toEqual([{ bound: 10, running: 25, ended: 40, gone: 70 }]);
    expect(census.startLatencies).toEqual([15]);
  });

  it("counts a pod as bound when the watch is faster than the answer to its create", () => {
    const census = censusAt([10, 12]);
    census.see(podOf("a", "Pending"), false);
    census.see(podOf("a", "Running"), false);
    census.bound("a");
    expect(census.times).toEqual([{ bound: 10, running: 12 }]);
  });

  it("has no latency of pods that never ran", () => {
    const census = censusAt([10, 12]);
    census.bound("a");
    expect(census.startLatencies).toEqual([]);
    expect(census.names).toEqual(["a"]);
  });

  it("waits until as many pods as asked for are there", async () => {
    const census = censusAt([1, 2, 3, 4]);
    let reached = false;
    const waiting = census.reached("running", 2, never).then(() => {
      reached = true;
    });
    census.see(podOf("a", "Running"), false);
    await Promise.resolve();
    expect(reached).toBe(false);
    expect(census.count("running")).toBe(1);
    census.see(podOf("b", "Running"), false);
    await waiting;
  });

  it("does not wait for what is there already", async () => {
    const census = censusAt([1, 2]);
    census.see(podOf("a", "Failed"), false);
    await census.reached("ended", 1, never);
  });

  it("says how far the pods are when the time is up", async () => {
    const census = censusAt([1, 2, 3]);
    census.see(podOf("a", "Running"), false);
    const abort = new AbortController();
    const waiting = census.reached("running", 3, abort.signal);
    abort.abort(new Error("not done within 5 s"));
    await expect(waiting).rejects.toThrow("1 of 3 pods were running: not done within 5 s");
    await expect(census.reached("gone", 1, abort.signal)).rejects.toThrow("0 of 1 pods were gone");
  });
});
