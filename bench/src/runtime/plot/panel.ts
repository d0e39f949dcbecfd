import { type Summary, summarize } from "../../statistics.ts";
import { type FigureDefinition, type FigureName, figureDefinition } from "../results/figures.ts";
import { type Measurement, sizesOf, subjectsOf, valuesOf } from "../results/run-results.ts";
import { type LogScale, logScale } from "./log-scale.ts";
import { mark, seriesStyle } from "./series-style.ts";
import { element, escaped, label } from "./svg.ts";

/** Pixels of a panel, with its title, its axes and their texts. */
export const panelSize = { width: 400, height: 236 };
const plotArea = { left: 62, right: 388, top: 42, bottom: 186 };
/** Values of the same size stand side by side. */
const besideEachOther = 22;

interface Point {
  readonly x: number;
  readonly pods: number;
  readonly summary: Summary;
}

/** One figure of all subjects over the numbers of pods, with the span of the rounds. */
export function panel(measurements: readonly Measurement[], figure: FigureName): string {
  const definition = figureDefinition(figure);
  const sizes = sizesOf(measurements);
  const subjects = subjectsOf(measurements);
  const all = sizes.flatMap((pods) =>
    subjects.flatMap((subject) => valuesOf(measurements, subject, pods, figure)),
  );
  const scale = logScale(all);
  const series = subjects.map((subject, index) => {
    const points = pointsOf(measurements, { subject, figure, index });
    return seriesText({ subject, definition, points, scale, labelled: sizes.length === 1 });
  });
  return [heading(definition), valueAxis(scale, definition), sizeAxis(sizes), ...series].join("\n");
}

function pointsOf(
  measurements: readonly Measurement[],
  { subject, figure, index }: { subject: string; figure: FigureName; index: number },
): readonly Point[] {
  const sizes = sizesOf(measurements);
  const middle = (subjectsOf(measurements).length - 1) / 2;
  return sizes.flatMap((pods, place) => {
    const summary = summarize(valuesOf(measurements, subject, pods, figure));
    if (summary === undefined) return [];
    const spread = sizes.length === 1 ? besideEachOther * 2.6 : besideEachOther / 1.4;
    return [{ x: sizeX(place, sizes.length) + (index - middle) * spread, pods, summary }];
  });
}

function heading({ panel = "", better }: FigureDefinition): string {
  return [
    label(panel, plotArea.left, 16, { class: "title" }),
    label(better === "higher" ? "more is better" : "less is better", plotArea.left, 32, { class: "quiet" }),
  ].join("\n");
}

function valueAxis(scale: LogScale, { unit }: FigureDefinition): string {
  const { left, right, top, bottom } = plotArea;
  const lines = scale.ticks.map((tick) => {
    const y = valueY(scale, tick);
    const text = tick.toLocaleString("en", { maximumSignificantDigits: 3 });
    return (
      element("line", { class: "grid", x1: left, x2: right, y1: y, y2: y }) +
      label(text, left - 8, y + 4, { class: "tick", "text-anchor": "end" })
    );
  });
  const middle = (top + bottom) / 2;
  const turned = { transform: `rotate(-90 14 ${middle})`, "text-anchor": "middle", class: "axis" };
  return [...lines, label(unit, 14, middle, turned)].join("\n");
}

function sizeAxis(sizes: readonly number[]): string {
  const { left, right, bottom } = plotArea;
  const ticks = sizes.map((pods, place) => {
    const x = sizeX(place, sizes.length);
    const text = pods.toLocaleString("en");
    return label(text, x, bottom + 18, { class: "tick", "text-anchor": "middle" });
  });
  const title = label("pods at once", (left + right) / 2, bottom + 36, {
    class: "axis",
    "text-anchor": "middle",
  });
  return [
    element("line", { class: "base", x1: left, x2: right, y1: bottom, y2: bottom }),
    ...ticks,
    title,
  ].join("\n");
}

function seriesText(series: {
  readonly subject: string;
  readonly definition: FigureDefinition;
  readonly points: readonly Point[];
  readonly scale: LogScale;
  readonly labelled: boolean;
}): string {
  const { subject, definition, points, scale, labelled } = series;
  const style = seriesStyle(subject);
  const place = ({ x, summary }: Point) =>
    `${Math.round(x * 10) / 10},${round(valueY(scale, summary.median))}`;
  const line = element("polyline", {
    class: `line ${style.colour}${style.dashed ? " dashed" : ""}`,
    points: points.map(place).join(" "),
  });
  const marks = points.map(({ x, pods, summary }) => {
    const y = valueY(scale, summary.median);
    const value = valueText(summary.median, definition);
    const title = `${subject}, ${pods.toLocaleString("en")} pods: ${value} ${definition.unit}`;
    const [y1, y2] = [valueY(scale, summary.highest), valueY(scale, summary.lowest)];
    const span = { class: `span ${style.colour}`, x1: x, x2: x, y1, y2 };
    return [
      ...(summary.rounds > 1 ? [element("line", span)] : []),
      mark(style, x, y, element("title", {}, escaped(title))),
      ...(labelled ? [label(value, x, y - 10, { class: "value", "text-anchor": "middle" })] : []),
    ].join("");
  });
  return [...(points.length > 1 ? [line] : []), ...marks].join("\n");
}

function valueText(value: number, { digits }: FigureDefinition): string {
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function valueY(scale: LogScale, value: number): number {
  const { top, bottom } = plotArea;
  return bottom - scale.share(value) * (bottom - top);
}

function sizeX(place: number, count: number): number {
  const { left, right } = plotArea;
  return left + ((right - left) * (place + 0.5)) / count;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
