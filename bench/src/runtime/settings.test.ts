import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../usage-error.ts";
import { publishedFile, runFile } from "./results/results-file.ts";
import { readDrawSettings, readRuntimeSettings } from "./settings.ts";

const namesOf = (args: readonly string[]) => readRuntimeSettings(args).subjects.map(({ name }) => name);

describe("arguments of runtime", () => {
  it("measure floor and vkubelet once with 1,000 pods when nothing is said", () => {
    expect(readRuntimeSettings([])).toMatchObject({
      pods: [1000],
      rounds: 1,
      idleSeconds: 0,
      resultsFile: runFile,
      continue: false,
      write: false,
    });
    expect(namesOf([])).toEqual(["floor", "vkubelet"]);
  });

  it("take several sizes, from few to many and each once", () => {
    expect(readRuntimeSettings(["--pods", "2000,50,2000"]).pods).toEqual([50, 2000]);
  });

  it("add subjects in an order of their own", () => {
    expect(namesOf(["--with", "go-virtual-kubelet,kwok"])).toEqual([
      "floor",
      "vkubelet",
      "kwok",
      "go-virtual-kubelet",
    ]);
  });

  it("name where results are kept, and whether they are gone on with and written", () => {
    const args = ["--results", "mine.json", "--continue", "--write", "--rounds", "3", "--idle-seconds", "60"];
    expect(readRuntimeSettings(args)).toMatchObject({
      ...{ resultsFile: resolve("mine.json"), continue: true, write: true, rounds: 3, idleSeconds: 60 },
    });
  });

  it.each([
    [["--pods", "many"], "--pods many: not a whole number from 1 on"],
    [["--pods", "10,"], "--pods : not a whole number from 1 on"],
    [["--pods", "0"], "--pods 0: not a whole number from 1 on"],
    [["--rounds", "1.5"], "--rounds 1.5: not a whole number from 1 on"],
    [["--rounds", "0"], "--rounds 0: not a whole number from 1 on"],
    [["--with", "kwok,other"], "--with other: no such subject"],
    [["--quick"], "Unknown option '--quick'"],
  ])("%j are refused with the usage", (args, message) => {
    const read = () => readRuntimeSettings(args);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
    expect(read).toThrow("usage: npm run bench");
  });
});

describe("arguments of draw", () => {
  it("draw the published results when nothing is said", () => {
    expect(readDrawSettings([])).toEqual({ resultsFile: publishedFile, write: false });
  });

  it("know nothing of measuring", () => {
    expect(() => readDrawSettings(["--rounds", "3"])).toThrow(UsageError);
  });
});
