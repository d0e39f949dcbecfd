import type { Pod, ReportEntry, TranslationReport } from "@vkubelet/core";
import { parsePath } from "../audit/field-path.ts";
import type { SupportTable } from "../audit/support-table.ts";
import type { RejectedField } from "./field-account.ts";

/**
 * Annotation of a pod with which its owner accepts a weaker result instead of a rejection, field by field: paths
 * separated by commas or blanks, `spec.containers[0].readinessProbe` for one container or
 * `spec.containers[].readinessProbe` for all. A path stands for everything below it. It has an effect only where the
 * backend has a weaker result to offer, which the report then names as `approx`; a path that nothing rejects is
 * harmless, so that one manifest can serve several backends.
 */
export const acceptAnnotation = "vkubelet.io/accept-approximations";

/** The paths that a pod accepts approximations for. */
export class AcceptedFields {
  /** Parts of the annotation that are no path of PodSpec. */
  readonly malformed: readonly string[];
  readonly #patterns: readonly string[];

  constructor(pod: Pod) {
    const text = pod.metadata?.annotations?.[acceptAnnotation] ?? "";
    const parts = text.split(/[\s,]+/).filter((part) => part !== "");
    this.#patterns = parts.filter(isSpecPath);
    this.malformed = parts.filter((part) => !isSpecPath(part));
  }

  /** Whether `path` (with numbers) is one of the accepted paths or lies below one. */
  has(path: string): boolean {
    const pattern = patternOf(path);
    return this.#patterns.some((accepted) => isAtOrBelow(path, accepted) || isAtOrBelow(pattern, accepted));
  }
}

/**
 * `report` in which what the table rejects and the pod accepts is approximated. Another rejection that has a weaker
 * result names it; one that has none stays as it is.
 */
export function withAcceptedFields(
  report: TranslationReport,
  table: SupportTable,
  accepted: AcceptedFields,
): TranslationReport {
  return {
    entries: report.entries.map((entry) => {
      if (entry.disposition !== "reject") return entry;
      const weaker = weakerResult(entry, table);
      if (weaker === undefined) return entry;
      return accepted.has(entry.path)
        ? acceptedEntry(entry.path, weaker)
        : { ...entry, reason: withOffer(entry.reason, weaker) };
    }),
  };
}

/** A reason for a rejection together with the weaker result that the pod may accept. */
function withOffer(reason: string, weaker: string): string {
  return `${reason} (annotation ${acceptAnnotation} accepts: ${weaker})`;
}

/** The entry for a field whose weaker result the pod accepts. */
export function acceptedEntry(path: string, weaker: string): ReportEntry {
  return { path, disposition: "approx", reason: `accepted by the pod: ${weaker}` };
}

/** Splits what a mapping rejects into what stands and what the pod accepts. */
export function splitAccepted(
  rejected: readonly RejectedField[],
  accepted: AcceptedFields,
): { readonly standing: readonly RejectedField[]; readonly accepted: readonly ReportEntry[] } {
  const standing: RejectedField[] = [];
  const entries: ReportEntry[] = [];
  for (const field of rejected) {
    if (field.accepted !== undefined && accepted.has(field.path)) {
      entries.push(acceptedEntry(field.path, field.accepted));
    } else if (field.accepted !== undefined) {
      standing.push({ ...field, message: withOffer(field.message, field.accepted) });
    } else {
      standing.push(field);
    }
  }
  return { standing, accepted: entries };
}

/** What the rule behind a rejection offers instead. */
function weakerResult(entry: ReportEntry, table: SupportTable): string | undefined {
  const pattern = patternOf(entry.path);
  return table.findLast(
    (rule) =>
      rule.disposition === "reject" && rule.reason === entry.reason && isAtOrBelow(pattern, rule.path),
  )?.accepted;
}

/** `spec.containers[0].ports[1]` as `spec.containers[].ports[]`. */
function patternOf(path: string): string {
  return path.replace(/\[\d+\]/g, "[]");
}

function isAtOrBelow(path: string, above: string): boolean {
  if (!path.startsWith(above)) return false;
  const next = path[above.length];
  return next === undefined || next === "." || next === "[";
}

function isSpecPath(text: string): boolean {
  if (!text.startsWith("spec.")) return false;
  try {
    parsePath(patternOf(text));
    return true;
  } catch {
    return false;
  }
}
