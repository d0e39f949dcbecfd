import { randomBytes } from "node:crypto";

// Kubernetes leaves vowels and look-alikes out of generated names.
const alphabet = "bcdfghjklmnpqrstvwxz2456789";

/** Five random characters as the API server appends them to `generateName`. */
export function randomSuffix(length = 5): string {
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join("");
}

/** A name from a prefix, cut so that the whole stays a valid name. */
export function generateName(prefix: string): string {
  return `${prefix.slice(0, 58)}${randomSuffix()}`;
}
