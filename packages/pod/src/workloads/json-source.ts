import {
  duplicateMessage,
  inexactMessage,
  maximumDepth,
  prototypeMessage,
  type ReportIssue,
  type SourceEntry,
  type SourceNode,
  tooDeepMessage,
} from "./source-node.ts";
import { childPath } from "./source-value.ts";

const blank = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these within strings.
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const literals = [
  ["true", true],
  ["false", false],
  ["null", null],
] as const;

/** What stops the reading of a JSON text. Never leaves this file. */
class NoJson extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/** The outcome of {@link readJson}. */
export interface JsonReading {
  readonly node: SourceNode;
  /** Offset just behind the value and the blanks that follow it. */
  readonly end: number;
}

/**
 * One value of JSON at `start`, strictly as RFC 8259 has it, or where and why there is none. What is no fault of syntax
 * (a key that stands twice, a number that cannot be kept) is reported.
 */
export function readJson(
  text: string,
  start: number,
  report: ReportIssue,
): JsonReading | { readonly offset: number; readonly problem: string } {
  try {
    return new JsonReader(text, start, report).read();
  } catch (error) {
    if (error instanceof NoJson) return { offset: error.offset, problem: error.message };
    throw error;
  }
}

class JsonReader {
  readonly #text: string;
  readonly #report: ReportIssue;
  #position: number;

  constructor(text: string, start: number, report: ReportIssue) {
    this.#text = text;
    this.#position = start;
    this.#report = report;
  }

  read(): JsonReading {
    this.#match(blank);
    const node = this.#value("", 0);
    this.#match(blank);
    return { node, end: this.#position };
  }

  #value(path: string, depth: number): SourceNode {
    const offset = this.#position;
    if (depth > maximumDepth) throw new NoJson(offset, tooDeepMessage);
    const first = this.#text.charAt(offset);
    if (first === "{") return { kind: "map", offset, entries: this.#entries(path, depth) };
    if (first === "[") return { kind: "list", offset, items: this.#items(path, depth) };
    if (first === '"') return { kind: "scalar", offset, value: this.#string() };
    for (const [word, value] of literals) {
      if (!this.#text.startsWith(word, offset)) continue;
      this.#position += word.length;
      return { kind: "scalar", offset, value };
    }
    const digits = this.#match(number);
    if (digits === undefined || digits === "") throw new NoJson(offset, "expected a value");
    const value = Number(digits) + 0;
    const isWhole = /^-?[0-9]+$/.test(digits);
    if (!Number.isFinite(value)) this.#report(offset, path, "is a number that JSON readers cannot hold");
    else if (isWhole && !Number.isSafeInteger(value)) this.#report(offset, path, inexactMessage);
    return { kind: "scalar", offset, value };
  }

  #entries(path: string, depth: number): SourceEntry[] {
    const entries: SourceEntry[] = [];
    const seen = new Set<string>();
    this.#each("}", () => {
      const offset = this.#position;
      if (this.#text.charAt(offset) !== '"') throw new NoJson(offset, "expected a key in double quotes");
      const key = this.#string();
      const inner = childPath(path, key);
      this.#match(blank);
      if (this.#text.charAt(this.#position) !== ":") throw new NoJson(this.#position, "expected a colon");
      this.#position += 1;
      this.#match(blank);
      const value = this.#value(inner, depth + 1);
      if (seen.has(key)) this.#report(offset, inner, duplicateMessage(key), "kept");
      seen.add(key);
      if (key === "__proto__") this.#report(offset, inner, prototypeMessage, "kept");
      else entries.push({ key, offset, value });
    });
    return entries;
  }

  #items(path: string, depth: number): SourceNode[] {
    const items: SourceNode[] = [];
    this.#each("]", () => items.push(this.#value(`${path}[${items.length}]`, depth + 1)));
    return items;
  }

  /** Reads what stands between brackets, separated by commas, up to and with the closing one. */
  #each(close: string, read: () => void): void {
    this.#position += 1;
    this.#match(blank);
    if (this.#text.charAt(this.#position) === close) {
      this.#position += 1;
      return;
    }
    for (;;) {
      read();
      this.#match(blank);
      const next = this.#text.charAt(this.#position);
      if (next !== "," && next !== close) throw new NoJson(this.#position, `expected a comma or ${close}`);
      this.#position += 1;
      if (next === close) return;
      this.#match(blank);
    }
  }

  #string(): string {
    const offset = this.#position;
    const text = this.#match(string);
    if (text === undefined) throw new NoJson(offset, "is no text in double quotes as JSON has it");
    return JSON.parse(text) as string;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text)?.[0];
    if (match !== undefined) this.#position += match.length;
    return match;
  }
}
