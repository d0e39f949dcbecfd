import { markdownTable } from "../../markdown-table.ts";
import { type Summary, summarize } from "../../statistics.ts";
import { type FigureName, figureDefinition, figureNames } from "../results/figures.ts";
import { type Measurement, type RunResults, sizesOf, subjectsOf, valuesOf } from "../results/run-results.ts";

const reference = "floor";
const judged = "vkubelet";

/** A table for each number of pods: the middle of the rounds, and how far they lie apart. */
export function resultsTable({ machine, measurements }: RunResults): string {
  const { cores, memoryGiB, node, kubernetes } = machine;
  const tables = sizesOf(measurements).map((pods) =>
    sizeTable(measurements.filter((measurement) => measurement.pods === pods)),
  );
  return [
    `${cores} cores and ${memoryGiB} GiB for everything, Node ${node}, Kubernetes ${kubernetes}. ${roundsText(measurements)}\n`,
    ...tables,
    ...failuresText(measurements),
  ].join("\n");
}

/** `NAME VERSION`, as far as it has one. */
export function subjectTitle(measurements: readonly Measurement[], subject: string): string {
  const versions = measurements.flatMap((one) => (one.subject === subject ? (one.version ?? []) : []));
  return [subject, [...new Set(versions)].join(", ")].filter((text) => text !== "").join(" ");
}

function sizeTable(measurements: readonly Measurement[]): string {
  const pods = measurements[0]?.pods ?? 0;
  const subjects = subjectsOf(measurements);
  const compared = subjects.includes(reference) && subjects.includes(judged);
  const lines = figureNames.flatMap((figure) => {
    const summaries = subjects.map((subject) => summarize(valuesOf(measurements, subject, pods, figure)));
    const cells = subjects.map((subject, index) =>
      cellText(summaries[index], figure, failedIn(measurements, subject, figure)),
    );
    if (cells.every((cell) => cell === "")) return [];
    const { title } = figureDefinition(figure);
    const ratio = ratioText(
      summaries[subjects.indexOf(judged)],
      summaries[subjects.indexOf(reference)],
      figure,
    );
    return [[title, ...cells, ...(compared ? [ratio] : [])]];
  });
  const head = [
    `${pods.toLocaleString("en")} pods`,
    ...subjects.map((subject) => subjectTitle(measurements, subject)),
    ...(compared ? [`${judged} : ${reference}`] : []),
  ];
  return markdownTable([head, ...lines]);
}

function cellText(summary: Summary | undefined, figure: FigureName, failed: boolean): string {
  if (summary === undefined) return failed ? "failed" : "";
  const { digits } = figureDefinition(figure);
  const [middle, lowest, highest] = [summary.median, summary.lowest, summary.highest].map((value) =>
    numberText(value, digits),
  );
  return lowest === highest ? `${middle}` : `${middle} (${lowest}–${highest})`;
}

/** Only where a figure is one of speed or cost: a ratio of counts says nothing. */
function ratioText(judgedFor: Summary | undefined, by: Summary | undefined, figure: FigureName): string {
  const { better, digits } = figureDefinition(figure);
  if (judgedFor === undefined || by === undefined || better === undefined) return "";
  if (figure === "podWrites" || by.median === 0) return "";
  return numberText(judgedFor.median / by.median, Math.max(2, digits));
}

function failedIn(measurements: readonly Measurement[], subject: string, figure: FigureName): boolean {
  return measurements.some(
    (one) =>
      one.subject === subject &&
      one.failure !== undefined &&
      (one.failure.phase === figureDefinition(figure).phase || Object.keys(one.figures).length === 0),
  );
}

function numberText(value: number, digits: number): string {
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return value.toLocaleString("en", format);
}

function roundsText(measurements: readonly Measurement[]): string {
  const counts = sizesOf(measurements).map((pods) => {
    const rounds = measurements.filter((one) => one.pods === pods).map(({ round }) => round);
    return new Set(rounds).size;
  });
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  if (most === 1) return "One round.";
  const rounds = fewest === most ? `${most} rounds` : `${fewest} to ${most} rounds`;
  return `The middle of ${rounds}, with the lowest and the highest in parentheses.`;
}

function failuresText(measurements: readonly Measurement[]): readonly string[] {
  const failed = measurements.flatMap(({ subject, pods, round, failure }) =>
    failure === undefined
      ? []
      : [
          `- ${subject}, ${pods.toLocaleString("en")} pods, round ${round}: ${failure.phase}: ${failure.reason}\n`,
        ],
  );
  return failed.length === 0 ? [] : [`Failed:\n\n${failed.join("")}`];
}
