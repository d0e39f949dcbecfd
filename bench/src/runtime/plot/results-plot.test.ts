import { describe, expect, it } from "vitest";
import { resultsOf } from "../testdata/results.ts";
import { resultsPlot } from "./results-plot.ts";

/** Every text of the picture, in order. */
const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
const countOf = (svg: string, part: string) => svg.split(part).length - 1;

describe("plot of results", () => {
  const rounds = resultsOf(
    ...[1000, 2000].flatMap((pods) =>
      [1, 2].flatMap((round) => [
        { pods, round, figures: { startedPerSecond: 300 + 50 * round, memoryMiB: 138 } },
        { ...{ subject: "kwok", version: "0.8.0", pods, round }, figures: { startedPerSecond: 270 } },
      ]),
    ),
  );

  it("has a panel for each figure that was taken, with units and sizes as text", () => {
    const texts = textsOf(resultsPlot(rounds));
    expect(texts).toContain("Started");
    expect(texts).toContain("Memory with all pods running");
    expect(texts).not.toContain("Deleted");
    expect(texts).toEqual(expect.arrayContaining(["pods/s", "MiB", "pods at once", "1,000", "2,000"]));
    expect(texts).toEqual(expect.arrayContaining(["more is better", "less is better"]));
  });

  it("names subjects with their versions", () => {
    expect(textsOf(resultsPlot(rounds))).toEqual(expect.arrayContaining(["floor", "kwok 0.8.0"]));
  });

  it("draws the middle of the rounds, and their span", () => {
    const svg = resultsPlot(rounds);
    expect(svg).toContain("<title>floor, 1,000 pods: 375 pods/s</title>");
    expect(countOf(svg, 'class="span grey"')).toBe(4);
    expect(textsOf(svg)).toContain("Points are the middle of the rounds, bars their span.");
  });

  it("joins the sizes of a subject by a line", () => {
    expect(countOf(resultsPlot(rounds), "<polyline")).toBe(3);
  });

  it("writes the values beside the points of a single size, where there is nothing to join", () => {
    const svg = resultsPlot(resultsOf({ figures: { startCpuSeconds: 1.85 } }));
    expect(textsOf(svg)).toContain("1.85");
    expect(svg).not.toContain("<polyline");
    expect(svg).not.toContain('class="span');
  });

  it("leaves out what failed", () => {
    const failure = { phase: "deletion", reason: "it ended" } as const;
    const svg = resultsPlot(
      resultsOf({ figures: { deletedPerSecond: 200 } }, { subject: "kwok", figures: {}, failure }),
    );
    expect(countOf(svg, "<title>kwok")).toBe(0);
    expect(svg).not.toContain("NaN");
  });

  it("serves light and dark pages, and who cannot see it", () => {
    const svg = resultsPlot(rounds);
    expect(svg).toContain("@media (prefers-color-scheme: dark)");
    expect(svg).toMatch(/role="img"/);
    expect(svg).toContain("<desc>floor, kwok with 1,000, 2,000 pods at once, on 4 cores.");
  });

  it("is markup that holds whatever a name holds", () => {
    const svg = resultsPlot(resultsOf({ subject: "a <b> & c", figures: { memoryMiB: 1 } }));
    expect(textsOf(svg)).toContain("a &lt;b&gt; &amp; c");
  });
});
