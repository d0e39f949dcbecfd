const namedEscapes: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  '"': '\\"',
  "\\": "\\\\",
};

/** Go's quoting of strings (`%q`): what is not printable is escaped. */
export function goQuote(text: string): string {
  let result = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (namedEscapes[character] !== undefined) result += namedEscapes[character];
    else if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)) result += character;
    else if (code < 0x80) result += `\\x${hex(code, 2)}`;
    else if (code >= 0xd800 && code <= 0xdfff) result += "\ufffd";
    else result += code < 0x1_0000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
  }
  return `"${result}"`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
