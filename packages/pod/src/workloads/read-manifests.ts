import type { FieldIssue } from "@vkubelet/core";
import { checkManifest } from "./check-manifest.ts";
import { isObject } from "./json-draft.ts";
import { readStream, type StreamDocument } from "./manifest-stream.ts";
import { maximumFaults, type ReportIssue } from "./source-node.ts";
import { excessiveAliasingMessage, jsonValueOf, offsetsOf } from "./source-value.ts";
import { type TextPlace, TextPlaces } from "./text-places.ts";

/** A text longer than this is not read at all. */
const maximumTextLength = 16 * 1024 * 1024;
/** After so many issues no further one is listed, and no further document is read. */
const maximumIssues = maximumFaults;
const tooManyMessage = "was not read, nor what follows: there are too many issues before it";

/** One object of a manifest. */
export interface ManifestDocument {
  /** Counts from 0, documents that hold nothing left out. */
  readonly index: number;
  /** What kubectl would send, as plain JSON. */
  readonly object: Readonly<Record<string, unknown>>;
  /** Where a field stands in the text; of a field that is missing, where the nearest object around it does. */
  placeOf(path: string): TextPlace;
}

/** What is wrong with a manifest, and where. */
export interface ManifestIssue extends FieldIssue, TextPlace {
  /** The document concerned, counted as in {@link ManifestDocument}. */
  readonly document: number;
}

/** What {@link readManifests} found. */
export interface ManifestReading {
  /** Every document that is an object; also those with issues that leave no doubt about what it holds. */
  readonly documents: readonly ManifestDocument[];
  /** All of them, in the order of the text. */
  readonly issues: readonly ManifestIssue[];
}

/**
 * Reads a manifest as `kubectl create -f` does: a stream of YAML documents or of JSON objects; scalars mean what they
 * mean to kubectl (`yes` and `on` are true, `0644` is 420), documents without content are passed over.
 *
 * Never throws, and takes bounded time and memory for any text: up to 16 Mi characters as a whole, 1.5 Mi for
 * each document of YAML, 256 levels, and aliases as far as kubectl takes them. All issues are reported at once: faults
 * of syntax, keys that stand twice (the last one counts, as for kubectl), keys named `__proto__` (left out), numbers
 * that JavaScript cannot hold, documents that are no object, and whatever is wrong with the form of a known kind, fields
 * that it does not have included (see `checkObject`); only after a thousand of them the rest is left unread,
 * which is the last issue. Messages name keys, never values.
 */
export function readManifests(text: string): ManifestReading {
  const documents: ManifestDocument[] = [];
  const issues: ManifestIssue[] = [];
  if (text.length > maximumTextLength) {
    const message = "the text is longer than 16 Mi characters and was not read";
    return { documents, issues: [{ document: 0, line: 1, column: 1, path: "", message }] };
  }
  const places = new TextPlaces(text);
  const dropped = new Set<number>();
  let unlisted: ManifestIssue | undefined;
  const add = (issue: ManifestIssue) => {
    if (issues.length < maximumIssues) issues.push(issue);
    else unlisted ??= { ...issue, path: "", message: tooManyMessage };
  };
  const reporterOf =
    (document: number): ReportIssue =>
    (offset, path, message, outcome) => {
      add({ document, ...places.at(offset), path, message });
      if (outcome !== "kept") dropped.add(document);
    };
  let index = 0;
  for (const found of readStream(text, reporterOf)) {
    if (issues.length === maximumIssues) {
      reporterOf(index)(found.offset, "", tooManyMessage);
      break;
    }
    const document = documentOf(found, index, places, reporterOf(index));
    if (document && !dropped.has(index)) {
      documents.push(document);
      for (const issue of checkManifest(document.object)) {
        add({ document: index, ...document.placeOf(issue.path), ...issue });
      }
    }
    index += 1;
  }
  issues.sort((left, right) => left.line - right.line || left.column - right.column);
  if (unlisted) issues.push(unlisted);
  return { documents, issues };
}

function documentOf(
  found: StreamDocument,
  index: number,
  places: TextPlaces,
  report: ReportIssue,
): ManifestDocument | undefined {
  const { root } = found;
  if (!root) return undefined;
  const built = jsonValueOf(root);
  if (!built) {
    report(root.offset, "", excessiveAliasingMessage);
    return undefined;
  }
  const { value } = built;
  if (!isObject(value)) {
    report(root.offset, "", "is no object, which every manifest must be");
    return undefined;
  }
  let offsets: ReadonlyMap<string, number> | undefined;
  const placeOf = (path: string): TextPlace => {
    offsets ??= offsetsOf(root);
    for (let nearest = path; nearest !== ""; nearest = parentPath(nearest)) {
      const offset = offsets.get(nearest);
      if (offset !== undefined) return places.at(offset);
    }
    return places.at(root.offset);
  };
  return { index, object: value, placeOf };
}

/** The path less its last step; a cut within a quoted key finds nothing, and the next one does. */
function parentPath(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("."), path.lastIndexOf("["), 0));
}
