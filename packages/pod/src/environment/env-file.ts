import { ProviderError } from "@vkubelet/core";

const longestLine = 65_536;

/**
 * The value of `key` in the text of a file of variables (N5; kubelet pkg/kubelet/util/env): lines `KEY='value'`, where
 * the quotes may span lines, blank lines and lines that start with `#` count for nothing. The first definition counts,
 * and nothing behind it is read. Undefined where the key is missing or its value is empty, which the kubelet does not
 * tell apart. Nothing is expanded.
 *
 * Throws `InvalidInput` with the kubelet's text for a malformed line before the key; no message holds a value.
 */
export function envFileValue(text: string, key: string): string | undefined {
  const lines = new Lines(text);
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const start = trimLeft(line);
    if (start === "" || start.startsWith("#")) continue;
    const name = variableName(start, lines.number);
    const rest = start.slice(name.length + 1);
    if (rest !== trimLeft(rest)) {
      // As in a shell: `KEY= 'value'` makes KEY empty.
      if (name === key) return undefined;
      continue;
    }
    const value = quotedValue(rest, lines);
    if (name === key) return value === "" ? undefined : value;
  }
  if (lines.tooLong)
    throw new ProviderError("InvalidInput", "error reading environment variable file: token too long");
  return undefined;
}

function variableName(line: string, number: number): string {
  const equals = line.indexOf("=");
  if (equals < 0) throw malformed(`at line ${number}: missing '='`);
  const name = line.slice(0, equals);
  const trimmed = trimRight(name);
  if (trimmed === "") throw malformed(`at line ${number}: empty variable name`);
  if (trimmed !== name) throw malformed(`at line ${number}: whitespace before '=' is not allowed`);
  return name;
}

/** The text between single quotes; reads on where they span lines. */
function quotedValue(rest: string, lines: Lines): string {
  const first = lines.number;
  if (!rest.startsWith("'")) throw malformed(`at line ${first}: value must be enclosed in single quotes`);
  const parts: string[] = [];
  let line: string | undefined = rest.slice(1);
  while (line !== undefined) {
    const close = line.indexOf("'");
    if (close < 0) {
      parts.push(line);
      line = lines.next();
      continue;
    }
    const after = trimLeft(line.slice(close + 1));
    if (after !== "" && !after.startsWith("#")) {
      throw malformed(`at line ${lines.number}: unexpected content after closing quote`);
    }
    return [...parts, line.slice(0, close)].join("\n");
  }
  throw malformed(`starting at line ${first}: unclosed single quote`);
}

function malformed(where: string): ProviderError {
  return new ProviderError("InvalidInput", `invalid environment variable format ${where}`);
}

/** Lines as Go's scanner gives them: without `\n` and one `\r` before it, none of 64 KiB or more. */
class Lines {
  number = 0;
  tooLong = false;
  readonly #text: string;
  #start = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): string | undefined {
    if (this.tooLong || this.#start >= this.#text.length) return undefined;
    const newline = this.#text.indexOf("\n", this.#start);
    const end = newline < 0 ? this.#text.length : newline;
    const line = this.#text.slice(this.#start, end);
    if (line.length >= longestLine || new TextEncoder().encode(line).length >= longestLine) {
      this.tooLong = true;
      return undefined;
    }
    this.#start = end + 1;
    this.number++;
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  }
}

function trimLeft(text: string): string {
  let start = 0;
  while (text[start] === " " || text[start] === "\t") start++;
  return text.slice(start);
}

function trimRight(text: string): string {
  let end = text.length;
  while (text[end - 1] === " " || text[end - 1] === "\t") end--;
  return text.slice(0, end);
}
