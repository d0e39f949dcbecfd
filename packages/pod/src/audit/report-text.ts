import type { Disposition, ReportEntry, TranslationReport } from "@vkubelet/core";

/** From what stops a pod to what concerns nobody. */
const order: readonly Disposition[] = ["reject", "approx", "exact", "core", "ignore"];

const words: Readonly<Record<Disposition, string>> = {
  reject: "rejected",
  approx: "approximated",
  exact: "exact",
  core: "by the host",
  ignore: "ignored",
};

const headings = ["disposition", "field", "reason"] as const;
const gap = "  ";
const defaultWidth = 120;
/** A reason that has less room than this stands below its field. */
const leastReasonWidth = 30;

/** Options of {@link reportTable}. */
export interface ReportTableOptions {
  /** Columns of the terminal; reasons are broken at blanks to fit. Paths are never broken. Default 120. */
  readonly width?: number;
}

/** How many fields a report treats in which way: `2 rejected, 1 approximated, 9 exact`; what there is none of is left out. */
export function reportLine(report: TranslationReport): string {
  const counts = order.flatMap((disposition) => {
    const count = report.entries.filter((entry) => entry.disposition === disposition).length;
    return count === 0 ? [] : [`${count} ${words[disposition]}`];
  });
  return counts.length === 0 ? "no fields" : counts.join(", ");
}

/**
 * A report as a table of plain text: disposition, field, reason. Rejected fields come first, then approximated ones,
 * then `exact`, `core` and `ignore`; within each the order of the report. The same report gives the same text. Control
 * characters are shown as `\u001b`, so that no manifest can write to a terminal. No newline at the end; the empty text
 * for a report without entries.
 */
export function reportTable(report: TranslationReport, options: ReportTableOptions = {}): string {
  if (report.entries.length === 0) return "";
  const width = options.width ?? defaultWidth;
  const entries = order.flatMap((disposition) =>
    report.entries.filter((entry) => entry.disposition === disposition).map(printable),
  );
  const [first, second] = [
    columnWidth(headings[0], entries, ({ disposition }) => disposition),
    columnWidth(headings[1], entries, ({ path }) => path),
  ];
  const beside = first + second + 2 * gap.length;
  const below = first + gap.length;
  const stands = width - beside >= leastReasonWidth;
  const lines = stands
    ? [[headings[0].padEnd(first), headings[1].padEnd(second), headings[2]].join(gap)]
    : [[headings[0].padEnd(first), `${headings[1]}: ${headings[2]}`].join(gap)];
  for (const { disposition, path, reason } of entries) {
    const indent = stands ? beside : below;
    const [start = "", ...rest] = wrap(reason, Math.max(width - indent, leastReasonWidth));
    const head = `${disposition.padEnd(first)}${gap}${path}`;
    if (stands) lines.push(`${head.padEnd(beside - gap.length)}${gap}${start}`);
    else lines.push(head, ...(start === "" ? [] : [`${" ".repeat(indent)}${start}`]));
    lines.push(...rest.map((line) => `${" ".repeat(indent)}${line}`));
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}

function columnWidth(
  heading: string,
  entries: readonly ReportEntry[],
  cell: (entry: ReportEntry) => string,
): number {
  return Math.max(heading.length, ...entries.map((entry) => cell(entry).length));
}

/** Lines of at most `width` characters; a longer word gets a line of its own. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && longer.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

function printable({ path, disposition, reason }: ReportEntry): ReportEntry {
  return { path: escapeControls(path), disposition, reason: escapeControls(reason) };
}

function escapeControls(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
