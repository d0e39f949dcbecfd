/** `text` as one word of a POSIX shell, whatever it holds (NUL excepted, which no argument can hold). */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
