import { Quantity } from "../quantity/quantity.ts";

/** Fields whose values are quantities, or lists of them by name; they are compared by value (pod-semantics Q6). */
const quantityLists: readonly string[] = ["requests", "limits", "overhead"];
const quantities: readonly string[] = ["sizeLimit", "divisor"];

/**
 * Whether two parts of an object mean the same as the API server compares them (apimachinery equality.Semantic): absent,
 * null and empty lists and objects are the same, and quantities are equal by value.
 */
export function sameValue(left: unknown, right: unknown): boolean {
  return JSON.stringify(normal(left)) === JSON.stringify(normal(right));
}

function normal(value: unknown, name = ""): unknown {
  if (quantities.includes(name)) return canonical(value);
  if (value === null || typeof value !== "object") return value ?? undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((entry) => normal(entry));
  const entries = Object.entries(value)
    .map(
      ([key, entry]) => [key, quantityLists.includes(name) ? canonical(entry) : normal(entry, key)] as const,
    )
    .filter(([, entry]) => entry !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function canonical(value: unknown): unknown {
  if (typeof value !== "string" && typeof value !== "number") return value ?? undefined;
  try {
    return Quantity.parse(value).toString();
  } catch {
    // What is no quantity is equal to nothing but itself.
    return String(value);
  }
}
