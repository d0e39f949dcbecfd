/** A step of the tour that did not show what it should. */
export class CheckError extends Error {
  constructor(what: string, expected: unknown, seen: unknown) {
    super(`${what}: expected ${show(expected)}, seen ${show(seen)}`);
    this.name = "CheckError";
  }
}

/** Throws {@link CheckError} unless both are the same as JSON, whatever the order of fields. */
export function check(what: string, seen: unknown, expected: unknown): void {
  if (show(seen) !== show(expected)) throw new CheckError(what, expected, seen);
}

function show(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? String(value);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, field]) => [name, sorted(field)]));
}
