import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Parser,
  type Scalar,
} from "yaml";
import {
  duplicateMessage,
  maximumDepth,
  maximumFaults,
  prototypeMessage,
  type ReportIssue,
  type SourceEntry,
  type SourceNode,
  tooDeepMessage,
} from "./source-node.ts";
import { childPath } from "./source-value.ts";
import { keyText, resolveScalar } from "./yaml-scalar.ts";

/**
 * One document of YAML as a tree, or undefined where there is none or it cannot be read; whatever is wrong is reported,
 * all of it at once. `base` is the offset of `text` in the manifest. Bounded time and depth for every text.
 */
export function readYaml(text: string, base: number, report: ReportIssue): SourceNode | undefined {
  const tokens = [...untilTooFaulty(new Parser().parse(text))];
  if (isTooDeep(tokens)) {
    report(base, "", tooDeepMessage);
    return undefined;
  }
  for (const token of tokens) {
    if (token.type === "directive")
      report(base + token.offset, "", "has a directive, which kubectl does not take");
  }
  // Keys are compared below, by a set: the reader's own comparison takes the square of their number.
  const composer = new Composer({
    schema: "failsafe",
    resolveKnownTags: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  const [document, ...further] = [...composer.compose(tokens)];
  if (!document) return undefined;
  for (const { pos, message } of document.errors) {
    // Behind a colon the reader quotes the text, which may be a secret.
    report(base + pos[0], "", `is no YAML: ${message.replace(/: ".*$/s, "")}`);
  }
  for (const { range } of further) {
    report(
      base + range[0],
      "",
      "is another document without a line of --- before it, which kubectl does not read",
      "kept",
    );
  }
  const node = new TreeBuilder(base, report).build(document);
  return document.errors.length > 0 ? undefined : node;
}

/** The tokens up to the one with which there are more faults than anyone is told of: each one costs as much as it says. */
function* untilTooFaulty(tokens: Iterable<CST.Token>): Generator<CST.Token> {
  let faults = 0;
  for (const token of tokens) {
    yield token;
    if (token.type !== "error" && token.type !== "directive" && token.type !== "doc-end") continue;
    faults += 1;
    if (faults > maximumFaults) return;
  }
}

/** Whether collections are nested too deep for the functions that recurse into them. */
function isTooDeep(tokens: readonly CST.Token[]): boolean {
  const pending: { token: CST.Token | null | undefined; depth: number }[] = tokens.map((token) => ({
    token,
    depth: 0,
  }));
  for (let entry = pending.pop(); entry; entry = pending.pop()) {
    const { token, depth } = entry;
    if (!token) continue;
    if (token.type === "document") pending.push({ token: token.value, depth });
    if (!("items" in token)) continue;
    if (depth >= maximumDepth) return true;
    for (const { key, value } of token.items) {
      pending.push({ token: key, depth: depth + 1 }, { token: value, depth: depth + 1 });
    }
  }
  return false;
}

/** Turns the reader's nodes into ours: scalars by kubectl's rules, aliases and merges resolved, keys checked. */
class TreeBuilder {
  readonly #base: number;
  readonly #report: ReportIssue;
  /** Anchors so far: an anchor may be set again, and an alias means the last one before it. */
  readonly #anchors = new Map<string, SourceNode | "open">();

  constructor(base: number, report: ReportIssue) {
    this.#base = base;
    this.#report = report;
  }

  build(document: Document.Parsed): SourceNode | undefined {
    return document.contents === null ? undefined : this.#node(document.contents, "", 0);
  }

  #node(node: unknown, path: string, fallback: number): SourceNode {
    const offset = offsetOf(node, fallback);
    if (isAlias(node)) return this.#alias(node.source, offset, path);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, "open");
    const built = this.#content(node, path, offset);
    if (anchor !== undefined) this.#anchors.set(anchor, built);
    return built;
  }

  #content(node: unknown, path: string, offset: number): SourceNode {
    const at = this.#base + offset;
    if (isMap(node)) return { kind: "map", offset: at, entries: this.#entries(node.items, path, offset) };
    if (isSeq(node)) {
      const items = node.items.map((item, index) => this.#node(item, `${path}[${index}]`, offset));
      return { kind: "list", offset: at, items };
    }
    if (!isScalar(node)) return { kind: "scalar", offset: at, value: null };
    const outcome = scalarOutcome(node);
    if ("value" in outcome) return { kind: "scalar", offset: at, value: outcome.value };
    this.#report(at, path, outcome.problem);
    return { kind: "scalar", offset: at, value: null };
  }

  #alias(name: string, offset: number, path: string): SourceNode {
    const target = this.#anchors.get(name);
    if (target !== undefined && target !== "open") return target;
    const at = this.#base + offset;
    const problem =
      target === "open"
        ? `alias *${name} stands within its own anchor`
        : `alias *${name} has no anchor before it`;
    this.#report(at, path, problem);
    return { kind: "scalar", offset: at, value: null };
  }

  #entries(
    pairs: readonly { readonly key: unknown; readonly value: unknown }[],
    path: string,
    fallback: number,
  ): SourceEntry[] {
    const entries: SourceEntry[] = [];
    const seen = new Set<string>();
    for (const pair of pairs) {
      const offset = offsetOf(pair.key, fallback);
      if (isMergeKey(pair.key)) {
        entries.push(...this.#merged(this.#node(pair.value, path, offset), offset, path));
        continue;
      }
      const key = this.#key(pair.key, path, offset);
      const inner = key === undefined ? path : childPath(path, key);
      const value = this.#node(pair.value, inner, offset);
      if (key === undefined) continue;
      const at = this.#base + offset;
      if (seen.has(key)) this.#report(at, inner, duplicateMessage(key), "kept");
      seen.add(key);
      if (key === "__proto__") this.#report(at, inner, prototypeMessage, "kept");
      else entries.push({ key, offset: at, value });
    }
    return entries;
  }

  /** A merge takes effect where it stands: later keys win, and of several maps in a list the first one. */
  #merged(value: SourceNode, offset: number, path: string): SourceEntry[] {
    const maps = value.kind === "list" ? [...value.items].reverse() : [value];
    return maps.flatMap((map) => {
      if (map.kind === "map") return map.entries;
      this.#report(this.#base + offset, path, "key << merges something that is no map");
      return [];
    });
  }

  #key(key: unknown, path: string, offset: number): string | undefined {
    const node = this.#node(key, path, offset);
    const written = isScalar(key) ? (key.source ?? "") : "";
    const text = node.kind === "scalar" ? keyText(node.value, written) : undefined;
    if (text === undefined)
      this.#report(this.#base + offset, path, "has a key that is neither text, number nor boolean");
    return text;
  }
}

function scalarOutcome(node: Scalar): ReturnType<typeof resolveScalar> {
  const text = node.source ?? "";
  const isPlain = node.type === "PLAIN" || node.type === undefined;
  return isPlain || node.tag !== undefined ? resolveScalar(text, node.tag) : { value: text };
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === "PLAIN" && key.source === "<<" && key.tag === undefined;
}

function offsetOf(node: unknown, fallback: number): number {
  const range: unknown =
    typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === "number" ? range[0] : fallback;
}
