import { subjectTitle } from "../report/results-table.ts";
import { figureDefinition, figureNames } from "../results/figures.ts";
import { type Measurement, type RunResults, sizesOf, subjectsOf } from "../results/run-results.ts";
import { panel, panelSize } from "./panel.ts";
import { colourRules, mark, seriesStyle } from "./series-style.ts";
import { element, escaped, label } from "./svg.ts";

const columns = 2;
const margin = 16;
const legendLine = 22;
const gap = 12;
const width = columns * panelSize.width + (columns + 1) * margin;

/** A picture with one panel for each figure that has one. */
export function resultsPlot({ machine, measurements }: RunResults): string {
  const legend = legendOf(measurements);
  const shown = figureNames.filter(
    (name) =>
      figureDefinition(name).panel !== undefined &&
      measurements.some(({ figures }) => figures[name] !== undefined),
  );
  const top = margin + legend.height + gap;
  const panels = shown.map((name, index) => {
    const x = margin + (index % columns) * (panelSize.width + margin);
    const y = top + Math.floor(index / columns) * (panelSize.height + gap);
    return element("g", { transform: `translate(${x} ${y})` }, "\n", panel(measurements, name), "\n");
  });
  const rows = Math.ceil(shown.length / columns);
  const height = top + rows * (panelSize.height + gap) + margin;
  const sizes = sizesOf(measurements).map((pods) => pods.toLocaleString("en"));
  const about = `${subjectsOf(measurements).join(", ")} with ${sizes.join(", ")} pods at once, on ${machine.cores} cores. Axes of values are logarithmic.`;
  const parts = [
    element("title", {}, "What virtual kubelets achieve and what it costs them"),
    element("desc", {}, escaped(about)),
    element("style", {}, `\n${styleSheet()}\n`),
    element("rect", { class: "ground", width, height }),
    legend.text,
    ...panels,
  ];
  const frame = {
    ...{ xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height },
    role: "img",
  };
  return `${element("svg", frame, "\n", parts.join("\n"), "\n")}\n`;
}

function legendOf(measurements: readonly Measurement[]): { readonly text: string; readonly height: number } {
  let x = margin + 62;
  let line = 0;
  const entries = subjectsOf(measurements).map((subject) => {
    const title = subjectTitle(measurements, subject);
    const needed = 20 + title.length * 7.2 + 24;
    if (x + needed > width && x > margin + 62) {
      x = margin + 62;
      line += 1;
    }
    const y = margin + 12 + line * legendLine;
    const entry = mark(seriesStyle(subject), x, y - 4) + label(title, x + 12, y, { class: "entry" });
    x += needed;
    return entry;
  });
  const note = "Points are the middle of the rounds, bars their span.";
  const several = measurements.some(({ round }) => round > 1);
  const noteLine = several
    ? label(note, margin + 56, margin + 12 + (line + 1) * legendLine, { class: "quiet" })
    : "";
  return { text: [...entries, noteLine].join("\n"), height: (line + (several ? 2 : 1)) * legendLine };
}

/** Light by itself, dark for readers who want it so; with a ground of its own, whatever the page around it does. */
function styleSheet(): string {
  return `text { font-family: system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; font-size: 12px; }
.title { font-size: 14px; font-weight: 600; }
.entry { font-size: 13px; }
.value { font-size: 11px; }
.line { fill: none; stroke-width: 1.5; }
.line, .span { opacity: 0.75; }
.span { stroke-width: 2; }
.dashed { stroke-dasharray: 5 4; }
.mark { stroke-width: 1.2; }
${groundRules("#ffffff", "#1f2328", "#59636e", "#d8dee4", "#8c959f")}
${colourRules("light")}
.line { fill: none; }
@media (prefers-color-scheme: dark) {
${groundRules("#0d1117", "#e6edf3", "#9198a1", "#2a313a", "#656c76")}
${colourRules("dark")}
.line { fill: none; }
}`;
}

function groundRules(ground: string, text: string, quiet: string, grid: string, base: string): string {
  return `.ground { fill: ${ground}; }
.title, .entry, .value { fill: ${text}; }
.quiet, .tick, .axis { fill: ${quiet}; }
.grid { stroke: ${grid}; }
.base { stroke: ${base}; }
.mark { stroke: ${ground}; }`;
}
