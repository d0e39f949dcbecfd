import {
  type Disposition,
  type FieldIssue,
  type PodNotice,
  ProviderError,
  type TranslationReport,
} from "@vkubelet/core";

/**
 * One error for all rejected fields of a report, or undefined when there is none. Its `issues` hold every path; its
 * message, below 1024 characters with whatever a host puts in front, as many as fit and how many more there are.
 */
export function rejectionOf(report: TranslationReport, backend: string): ProviderError | undefined {
  const issues = fieldsOf(report, "reject");
  if (issues.length === 0) return undefined;
  return new ProviderError("InvalidInput", shortList(`backend ${backend} cannot run this pod: `, issues), {
    issues,
    reason: "UnsupportedFields",
  });
}

/** What the owner of the pod should know of `approx` fields, as an event; undefined where there are none. */
export function approximationNotice(report: TranslationReport): PodNotice | undefined {
  const fields = fieldsOf(report, "approx");
  if (fields.length === 0) return undefined;
  return { type: "Normal", reason: "FieldsApproximated", message: shortList("", fields) };
}

function fieldsOf(report: TranslationReport, disposition: Disposition): readonly FieldIssue[] {
  return report.entries.flatMap((entry) =>
    entry.disposition === disposition ? [{ path: entry.path, message: entry.reason }] : [],
  );
}

/** What is left of an event's 1024 characters when the host has put its own words in front. */
const messageLimit = 900;

function shortList(head: string, fields: readonly FieldIssue[]): string {
  const full = head + fields.map(({ path, message }) => `${path}: ${message}`).join("; ");
  if (full.length <= messageLimit) return full;
  // Every path matters more than the reasons, which stand in the report.
  let message = head;
  for (const [index, { path }] of fields.entries()) {
    const next = `${index === 0 ? "" : ", "}${path}`;
    const tail = ` and ${fields.length - index} more`;
    if (message.length + next.length + tail.length > messageLimit) return message + tail;
    message += next;
  }
  return message;
}
