import { readJson } from "./json-source.ts";
import type { ReportIssue, SourceNode } from "./source-node.ts";
import { readYaml } from "./yaml-source.ts";

/** etcd stores no object that is longer. */
const maximumDocumentLength = 1.5 * 1024 * 1024;

/** One document of a stream: its tree, or undefined where it could not be read. */
export interface StreamDocument {
  readonly offset: number;
  readonly root: SourceNode | undefined;
}

/**
 * The documents of a stream as kubectl splits it: JSON values one after the other while the text begins with `{`, else
 * pieces of YAML between lines of `---`. Pieces that hold nothing are left out. `report` gets the number of the
 * document, from 0, and what is wrong there.
 */
export function* readStream(
  text: string,
  reporterOf: (index: number) => ReportIssue,
): Generator<StreamDocument> {
  let index = 0;
  let rest = 0;
  while (/^\s*\{/.test(text.slice(rest, rest + 4096))) {
    const found: Parameters<ReportIssue>[] = [];
    const reading = readJson(text, rest, (...issue) => found.push(issue));
    if (!("node" in reading)) break;
    for (const issue of found) reporterOf(index)(...issue);
    yield { offset: reading.node.offset, root: reading.node };
    index += 1;
    rest = reading.end;
  }
  for (const piece of splitYaml(text, rest)) {
    const report = reporterOf(index);
    let hasIssues = false;
    const root = readPiece(text, piece, (...issue) => {
      hasIssues = true;
      report(...issue);
    });
    if (root === undefined && !hasIssues) continue;
    yield { offset: root?.offset ?? piece.start, root };
    index += 1;
  }
}

interface Piece {
  readonly start: number;
  readonly end: number;
  /** The line of `---` before it says more than it may. */
  readonly badSeparator: boolean;
}

function readPiece(text: string, piece: Piece, report: ReportIssue): SourceNode | undefined {
  if (piece.badSeparator) {
    report(
      piece.start,
      "",
      "only a comment may stand on a line that begins with ---, which is the line before",
    );
  }
  if (piece.end - piece.start > maximumDocumentLength) {
    report(piece.start, "", "is longer than 1.5 Mi characters, and no cluster stores so large an object");
    return undefined;
  }
  const root = readYaml(text.slice(piece.start, piece.end), piece.start, report);
  return root?.kind === "scalar" && root.value === null ? undefined : root;
}

/** Pieces between lines that begin with `---`: kubectl looks at nothing else, be it within a text or not. */
function* splitYaml(text: string, from: number): Generator<Piece> {
  let start = from;
  let badSeparator = false;
  for (let line = from; line < text.length; ) {
    const newline = text.indexOf("\n", line);
    const next = newline < 0 ? text.length : newline + 1;
    if (text.startsWith("---", line)) {
      yield { start, end: line, badSeparator };
      const remark = text.slice(line + 3, next).trim();
      badSeparator = remark !== "" && !remark.startsWith("#");
      start = next;
    }
    line = next;
  }
  yield { start, end: text.length, badSeparator };
}
