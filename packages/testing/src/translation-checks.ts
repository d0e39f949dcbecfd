import type { Disposition, ReportEntry, TranslationReport } from "@vkubelet/core";
import { reportLine, reportTable } from "@vkubelet/pod";

/** Part of a reason, or an expression that it matches. */
export type ReasonPattern = string | RegExp;

const verbs: Readonly<Record<Disposition, string>> = {
  reject: "rejected",
  approx: "approximated",
  exact: "honoured exactly",
  core: "handled by the host",
  ignore: "ignored",
};

/** What a report should say of one field. */
export interface FieldExpectation {
  /** As in reports: `spec.containers[0].livenessProbe`. A field below one that is decided as a whole counts with it. */
  readonly path: string;
  readonly disposition: Disposition;
  readonly reason?: ReasonPattern | undefined;
}

/** Why the report does not meet the expectation, with the report as a table; undefined where it does. */
export function fieldProblem(
  report: TranslationReport,
  { path, disposition, reason }: FieldExpectation,
): string | undefined {
  const entries = entriesFor(report, path);
  if (entries.some((entry) => entry.disposition === disposition && matches(entry.reason, reason))) {
    return undefined;
  }
  const wanted = `${path} to be ${verbs[disposition]}${reason === undefined ? "" : ` because of ${show(reason)}`}`;
  return withReport(`expected ${wanted}: ${describe(entries)}`, report);
}

/** What to say where a field is treated as it should not be. */
export function fieldAgreement(report: TranslationReport, { path, disposition }: FieldExpectation): string {
  return withReport(
    `expected ${path} not to be ${verbs[disposition]}: ${describe(entriesFor(report, path))}`,
    report,
  );
}

/** Why a report is no acceptance; undefined where it rejects nothing. */
export function acceptanceProblem(report: TranslationReport): string | undefined {
  const rejected = report.entries.filter(({ disposition }) => disposition === "reject");
  if (rejected.length === 0) return undefined;
  const paths = rejected.map(({ path }) => path).join(", ");
  return withReport(`expected the pod to be accepted: ${paths} cannot be honoured`, report);
}

/** A message with the whole report below it. */
export function withReport(message: string, report: TranslationReport): string {
  const table = reportTable(report);
  return table === "" ? message : `${message}\n\n${table}\n\n${reportLine(report)}`;
}

/** The entries for a path itself or, where there are none, for the nearest field above it. */
function entriesFor(report: TranslationReport, path: string): readonly ReportEntry[] {
  const covering = report.entries.filter((entry) => isAtOrAbove(entry.path, path));
  const nearest = Math.max(...covering.map((entry) => entry.path.length));
  return covering.filter((entry) => entry.path.length === nearest);
}

function isAtOrAbove(above: string, path: string): boolean {
  return path.startsWith(above) && ["", ".", "["].includes(path.charAt(above.length));
}

function matches(text: string, pattern: ReasonPattern | undefined): boolean {
  if (pattern === undefined) return true;
  return typeof pattern === "string" ? text.includes(pattern) : text.search(pattern) >= 0;
}

function describe(entries: readonly ReportEntry[]): string {
  if (entries.length === 0) return "the report has no entry for it";
  return entries
    .map(({ disposition, reason }) => `it is ${verbs[disposition]}${reason === "" ? "" : ` (${reason})`}`)
    .join("; ");
}

function show(pattern: ReasonPattern): string {
  return typeof pattern === "string" ? JSON.stringify(pattern) : String(pattern);
}
