import { ProviderError, type ResolvedPod, type TranslationReport } from "@vkubelet/core";
import { auditPod } from "../audit/audit.ts";
import { withApproximation, withIssues } from "../audit/report-issues.ts";
import type { SupportTable } from "../audit/support-table.ts";
import { AcceptedFields, acceptAnnotation, splitAccepted, withAcceptedFields } from "./accepted-fields.ts";
import { type FieldAccount, FieldNotes } from "./field-account.ts";
import type { BackendRequest, Translation } from "./translation.ts";

/**
 * What a backend says about pods, in three pure parts. See {@link defineTranslator}.
 */
export interface TranslatorDefinition<Options extends object, Requests> {
  /** Lower-case word, for messages: `fargate`. */
  readonly backend: string;
  /** What the backend makes of every field; asked once for each options object. */
  support(options: Options): SupportTable;
  /** Whether containers run the images that they name. Default: they do. */
  runsImages?(options: Options): boolean;
  /**
   * The requests that run the pod; undefined only when `account` got a rejection. Called for every pod, also for one
   * that the table rejects, so that one report names everything. Throws nothing for a resolved pod.
   */
  map(pod: ResolvedPod, options: Options, account: FieldAccount): Requests | undefined;
  /** The requests as calls, in the order in which they are sent. */
  operations(requests: Requests): readonly BackendRequest[];
}

/** Makes a backend's requests out of pods and accounts for every field. Pure: same input, same output, byte for byte. */
export interface Translator<Options extends object, Requests> {
  readonly backend: string;
  /** What the backend makes of every field of PodSpec; the documentation's matrix is made of it. */
  support(options: Options): SupportTable;
  /** Whether containers run the images that they name, so that a name which is none keeps a pod waiting (A6). */
  runsImages(options: Options): boolean;
  /** Never throws for a resolved pod: what cannot be honoured is in the report, all of it. */
  translate(pod: ResolvedPod, options: Options): Translation<Requests>;
  operations(requests: Requests): readonly BackendRequest[];
}

/**
 * A translator whose report accounts for every field that a pod has: by the table, by what the mapping notes, and by
 * the approximations that the pod accepts ({@link acceptAnnotation}). With one rejection there are no requests.
 */
export function defineTranslator<Options extends object, Requests>(
  definition: TranslatorDefinition<Options, Requests>,
): Translator<Options, Requests> {
  const { backend } = definition;
  const tables = new WeakMap<Options, SupportTable>();
  const support = (options: Options): SupportTable => {
    const known = tables.get(options);
    if (known !== undefined) return known;
    const table = definition.support(options);
    tables.set(options, table);
    return table;
  };
  return {
    backend,
    support,
    runsImages: (options) => definition.runsImages?.(options) ?? true,
    operations: (requests) => definition.operations(requests),
    translate(pod, options) {
      const notes = new FieldNotes();
      const requests = definition.map(pod, options, notes);
      const report = reportOf(pod, support(options), notes);
      if (report.entries.some(({ disposition }) => disposition === "reject")) return { report };
      if (requests === undefined) {
        throw new ProviderError(
          "Internal",
          `translation to ${backend} failed: neither requests nor a rejection`,
        );
      }
      return { requests, report };
    },
  };
}

function reportOf(pod: ResolvedPod, table: SupportTable, notes: FieldNotes): TranslationReport {
  const accepted = new AcceptedFields(pod.pod);
  const { standing, accepted: acceptedEntries } = splitAccepted(notes.rejected, accepted);
  const malformed = accepted.malformed.map((text) => ({
    path: `metadata.annotations[${JSON.stringify(acceptAnnotation)}]`,
    message: `${JSON.stringify(text)} is no path of a field: write it as spec.containers[0].readinessProbe`,
  }));
  const audited = withAcceptedFields(auditPod(pod.pod, table), table, accepted);
  let report = withIssues(audited, [...standing, ...malformed]);
  for (const { path, message } of notes.approximated) report = withApproximation(report, path, message);
  for (const { path, reason } of acceptedEntries) report = withApproximation(report, path, reason);
  return report;
}
