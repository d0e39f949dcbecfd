/** One line of text for a terminal: control characters, which a manifest may hold, are shown as `\u001b`. */
export function printable(line: string): string {
  return line.replace(
    /\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
