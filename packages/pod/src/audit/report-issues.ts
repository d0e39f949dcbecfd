import type { FieldIssue, ReportEntry, TranslationReport } from "@vkubelet/core";

/**
 * `report` with each of `issues` as a `reject` entry: in place of the entry for the same path, else at the end. What a
 * table of fields cannot decide (values, sums, sizes) joins the account of fields this way. A field that `report`
 * rejects already speaks for everything below it.
 */
export function withIssues(report: TranslationReport, issues: readonly FieldIssue[]): TranslationReport {
  if (issues.length === 0) return report;
  const open = new Map<string, ReportEntry>();
  const rejected = report.entries.filter(({ disposition }) => disposition === "reject");
  for (const { path, message } of issues) {
    if (rejected.some((entry) => isBelow(path, entry.path))) continue;
    const earlier = open.get(path);
    const reason =
      earlier === undefined || earlier.reason.includes(message) ? message : `${earlier.reason}; ${message}`;
    open.set(path, { path, disposition: "reject", reason });
  }
  const entries = report.entries.map((entry) => {
    const issue = open.get(entry.path);
    if (issue === undefined) return entry;
    open.delete(entry.path);
    return entry.disposition === "reject" ? entry : issue;
  });
  return { entries: [...entries, ...open.values()] };
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}

/**
 * `report` with an `approx` entry for the path: in place of one that calls it exact, else at the end. A path that is
 * rejected stays so.
 */
export function withApproximation(
  report: TranslationReport,
  path: string,
  reason: string,
): TranslationReport {
  if (report.entries.some((entry) => entry.path === path && entry.disposition === "reject")) return report;
  const entry: ReportEntry = { path, disposition: "approx", reason };
  const exact = report.entries.findIndex((one) => one.path === path && one.disposition === "exact");
  return { entries: exact < 0 ? [...report.entries, entry] : report.entries.with(exact, entry) };
}
