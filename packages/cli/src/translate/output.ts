import { reportLine, reportTable, type TranslationDocument, type WireJson, wireText } from "@vkubelet/pod";
import { stringify } from "yaml";
import type { OutputFormat } from "./output-format.ts";
import { printable } from "./printable.ts";

/** The documents as text, with a newline at the end. The same documents give the same text. */
export function renderDocuments(
  documents: readonly TranslationDocument[],
  format: OutputFormat,
  width: number | undefined,
): string {
  if (format === "table") return documents.map((document) => tableOf(document, width)).join("\n");
  const plain = documents.map(plainDocument);
  if (format === "yaml") return stringify(plain, { aliasDuplicateObjects: false, lineWidth: 0 });
  return `${wireText(plain)}\n`;
}

/** How messages call a workload. */
export function nameOf({ kind, namespace, name }: TranslationDocument["source"]): string {
  return `${kind} ${namespace}/${name}`;
}

function plainDocument({ source, requests, report }: TranslationDocument): WireJson {
  return {
    source: { ...source },
    requests: requests.map(({ operation, input }) => ({ operation, input })),
    report: { entries: report.entries.map((entry) => ({ ...entry })) },
  };
}

function tableOf({ source, requests, report }: TranslationDocument, width: number | undefined): string {
  const calls = requests.length === 0 ? "no requests" : requests.map(({ operation }) => operation).join(", ");
  const table = reportTable(report, width === undefined ? {} : { width });
  return `${printable(nameOf(source))}: ${reportLine(report)}; ${calls}\n${table}\n`;
}
