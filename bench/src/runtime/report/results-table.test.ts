import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { withSection } from "../../results-section.ts";
import { resultsPlot } from "../plot/results-plot.ts";
import { publishedFile, readResults } from "../results/results-file.ts";
import { resultsOf } from "../testdata/results.ts";
import { plotFile } from "./publish.ts";
import { resultsTable } from "./results-table.ts";

/** Cells of the line that begins with a title. */
function cellsOf(table: string, title: string): readonly string[] | undefined {
  const line = table.split("\n").find((line) => line.startsWith(`| ${title} `));
  return line
    ?.split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

const started = (subject: string, round: number, startedPerSecond: number) => ({
  ...{ subject, round, figures: { startedPerSecond } },
});

describe("table of results", () => {
  it("shows the middle of the rounds, their span, and the ratio to the floor", () => {
    const table = resultsTable(
      resultsOf(
        ...[started("floor", 1, 400), started("floor", 2, 410), started("floor", 3, 380)],
        ...[started("vkubelet", 1, 300), started("vkubelet", 2, 330), started("vkubelet", 3, 310)],
      ),
    );
    expect(cellsOf(table, "100 pods")).toEqual(["100 pods", "floor", "vkubelet", "vkubelet : floor"]);
    expect(cellsOf(table, "bound to Running, pods/s")).toEqual([
      ...["bound to Running, pods/s", "400 (380–410)", "310 (300–330)", "0.78"],
    ]);
    expect(table).toContain("4 cores and 16 GiB for everything, Node 24.1.0, Kubernetes 1.36.3.");
    expect(table).toContain("The middle of 3 rounds, with the lowest and the highest in parentheses.");
  });

  it("shows one round without a span", () => {
    const table = resultsTable(resultsOf(started("floor", 1, 400)));
    expect(cellsOf(table, "bound to Running, pods/s")).toEqual(["bound to Running, pods/s", "400"]);
    expect(table).toContain("One round.");
  });

  it("names the versions of subjects", () => {
    const table = resultsTable(resultsOf({ subject: "kwok", version: "0.8.0", figures: { memoryMiB: 57 } }));
    expect(cellsOf(table, "100 pods")).toEqual(["100 pods", "kwok 0.8.0"]);
  });

  it("has a table for each size, from few pods to many", () => {
    const figures = { memoryMiB: 1 };
    const table = resultsTable(resultsOf({ pods: 10_000, figures }, { pods: 50, figures }));
    expect(table.indexOf("| 50 pods")).toBeGreaterThan(0);
    expect(table.indexOf("| 10,000 pods")).toBeGreaterThan(table.indexOf("| 50 pods"));
  });

  it("leaves out lines that nobody has", () => {
    const table = resultsTable(resultsOf({ figures: { memoryMiB: 1 } }));
    expect(cellsOf(table, "idle, CPU s a minute")).toBeUndefined();
  });

  it("says what failed, why, and keeps what came before", () => {
    const failure = { phase: "deletion", reason: "7 of 100 pods were gone: not done within 310 s" } as const;
    const table = resultsTable(
      resultsOf(
        { figures: { startedPerSecond: 400, deletedPerSecond: 200 } },
        { subject: "kwok", figures: { startedPerSecond: 270 }, failure },
      ),
    );
    expect(cellsOf(table, "bound to Running, pods/s")?.at(-1)).toBe("270");
    expect(cellsOf(table, "deleted, pods/s")?.at(-1)).toBe("failed");
    expect(table).toContain(`- kwok, 100 pods, round 1: deletion: ${failure.reason}`);
  });

  it("shows a subject that never started as failed in every line", () => {
    const failure = { phase: "start", reason: "start kwok: it was not ready within 60000 ms" } as const;
    const table = resultsTable(resultsOf({ figures: { memoryMiB: 1 } }, { subject: "kwok", failure }));
    expect(cellsOf(table, "memory with all pods running, MiB")?.at(-1)).toBe("failed");
  });
});

describe("docs/performance.md", () => {
  const results = readResults(publishedFile);

  it("shows the table of the kept results", () => {
    const page = readFileSync(new URL("performance.md", plotFile), "utf8");
    expect(page).toBe(withSection(page, "performance.md", "runtime results", resultsTable(results)));
  });

  it("shows the plot of the kept results", () => {
    expect(readFileSync(plotFile, "utf8")).toBe(resultsPlot(results));
  });
});
