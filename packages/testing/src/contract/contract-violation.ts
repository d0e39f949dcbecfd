/** What a case throws when the provider breaks the rule. The message says what was expected and what was seen. */
export class ContractViolation extends Error {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = "ContractViolation";
  }
}

/** Throws a {@link ContractViolation} unless the condition holds. */
export function check(condition: boolean, message: string, seen?: unknown): asserts condition {
  if (condition) return;
  throw new ContractViolation(seen === undefined ? message : `${message}; seen: ${shown(seen)}`);
}

/** Throws a {@link ContractViolation} unless both are the same as JSON. */
export function checkSame(actual: unknown, expected: unknown, what: string): void {
  check(shown(actual) === shown(expected), `${what}: expected ${shown(expected)}`, actual);
}

/** A value in an error's message. */
export function shown(value: unknown): string {
  if (value instanceof Error) {
    const code = "code" in value ? `(${String(value.code)})` : "";
    return `${value.name}${code}: ${value.message}`;
  }
  return JSON.stringify(value) ?? String(value);
}
