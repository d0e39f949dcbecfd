import type { ReportEntry } from "@vkubelet/core";
import type { Translation } from "./translation.ts";
import type { Translator } from "./translator.ts";
import { type WireJson, wireJson } from "./wire-json.ts";

/** The object of a manifest that a pod comes out of. */
export interface DocumentSource {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** What one workload becomes, as plain JSON of a stable form: what `vkubelet translate` prints and golden files hold. */
export interface TranslationDocument {
  readonly source: DocumentSource;
  /** In the order in which they are sent; empty exactly when the report rejects something. */
  readonly requests: readonly { readonly operation: string; readonly input: WireJson }[];
  /** In the order of the pod's own JSON. */
  readonly report: { readonly entries: readonly ReportEntry[] };
}

/** A translation as a document. Requests are as they go over the wire (see {@link wireJson}). */
export function translationDocument<Options extends object, Requests>(
  translator: Translator<Options, Requests>,
  { kind, namespace, name }: DocumentSource,
  { requests, report }: Translation<Requests>,
): TranslationDocument {
  const operations = requests === undefined ? [] : translator.operations(requests);
  return {
    source: { kind, namespace, name },
    requests: operations.map(({ operation, input }) => ({ operation, input: wireJson(input, operation) })),
    report: {
      entries: report.entries.map(({ path, disposition, reason }) => ({ path, disposition, reason })),
    },
  };
}
