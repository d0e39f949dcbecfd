import { describe, expect, it } from "vitest";
import { resultsOf } from "../testdata/results.ts";
import { openRound, withMeasurement } from "./open-rounds.ts";
import { parseRunResults, runResultsText, sizesOf, subjectsOf, valuesOf } from "./run-results.ts";

const failure = { phase: "creation", reason: "it ended" } as const;

describe("kept results", () => {
  it("come back as they were written, a line for each measurement", () => {
    const results = resultsOf(
      { version: "1", figures: { memoryMiB: 1 }, requestsPerPod: { creation: { "PATCH pods/status": 1 } } },
      { subject: "kwok", failure },
    );
    const text = runResultsText(results);
    expect(parseRunResults(text, "x.json")).toEqual(results);
    expect(text.split("\n").filter((line) => line.includes('"subject"'))).toHaveLength(2);
  });

  it("are refused with the file and the field when they are not what they should be", () => {
    const text = runResultsText(resultsOf({ pods: 0 }));
    expect(() => parseRunResults(text, "x.json")).toThrow(
      /read the results x\.json: .*measurements\[0\]\.pods/s,
    );
  });

  it("give sizes, subjects and the values of all rounds", () => {
    const { measurements } = resultsOf(
      { pods: 200, figures: { memoryMiB: 5 } },
      { pods: 100, figures: { memoryMiB: 1 } },
      { pods: 100, round: 2, figures: { memoryMiB: 2 } },
      { subject: "kwok", figures: { memoryMiB: 9 } },
    );
    expect(sizesOf(measurements)).toEqual([100, 200]);
    expect(subjectsOf(measurements)).toEqual(["floor", "kwok"]);
    expect(valuesOf(measurements, "floor", 100, "memoryMiB")).toEqual([1, 2]);
    expect(valuesOf(measurements, "floor", 100, "startP50Ms")).toEqual([]);
  });
});

describe("a run that goes on", () => {
  const key = { subject: "floor", pods: 100, round: 1 };

  it("leaves out what was measured, and nothing else", () => {
    const results = resultsOf(key);
    expect(openRound(results, key)).toBe(false);
    expect(openRound(results, { ...key, round: 2 })).toBe(true);
    expect(openRound(results, { ...key, pods: 200 })).toBe(true);
    expect(openRound(results, { ...key, subject: "kwok" })).toBe(true);
  });

  it("tries again what failed, and puts the outcome in its place", () => {
    const results = resultsOf({ ...key, failure }, { ...key, subject: "kwok" });
    expect(openRound(results, key)).toBe(true);
    const [again] = resultsOf({ ...key, figures: { memoryMiB: 1 } }).measurements;
    if (again === undefined) throw new Error("there is one");
    const { measurements } = withMeasurement(results, again);
    expect(measurements.map(({ subject }) => subject)).toEqual(["floor", "kwok"]);
    expect(measurements[0]).toEqual(again);
  });
});
