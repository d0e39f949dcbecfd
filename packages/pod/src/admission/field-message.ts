import { goQuote } from "../environment/go-quote.ts";

/**
 * Texts of refused fields as the API server words them (apimachinery pkg/util/validation/field), so that a pod which
 * never passed an API server is told the same as one that did.
 */

/** A value that breaks a rule. */
export function invalidValue(value: string | number, detail: string): string {
  return `Invalid value: ${quoted(value)}: ${detail}`;
}

/** A field that must be there, or must not be empty. */
export function requiredValue(detail = ""): string {
  return detail === "" ? "Required value" : `Required value: ${detail}`;
}

/** A name that another element of the list has. */
export function duplicateValue(value: string): string {
  return `Duplicate value: ${quoted(value)}`;
}

/** A name that names nothing. */
export function valueNotFound(value: string): string {
  return `Not found: ${quoted(value)}`;
}

/** A field that may not be set here. */
export function forbiddenValue(detail: string): string {
  return `Forbidden: ${detail}`;
}

/** A value that is none of a fixed set. */
export function unsupportedValue(value: string, supported: readonly string[]): string {
  const list = [...supported].sort().map(quoted).join(", ");
  return `Unsupported value: ${quoted(value)}: supported values: ${list}`;
}

function quoted(value: string | number): string {
  return typeof value === "number" ? String(value) : goQuote(value);
}
