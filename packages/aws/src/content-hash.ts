import { sha256 } from "./sha256.ts";

/**
 * JSON with sorted keys and without undefined properties: equal values give equal text, whatever the order in which
 * their properties were set.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    typeof entry === "object" && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : entry,
  );
}

/** The first `digits` hex digits (at most 64) of the SHA-256 of the canonical JSON of `value`. */
export function contentHash(value: unknown, digits: number): string {
  return sha256(canonicalJson(value)).slice(0, digits);
}
