/** The letters and digits of names that Kubernetes makes up: no vowels, nothing that is easily mistaken. */
const alphabet = "bcdfghjklmnpqrstvwxz2456789";
const suffixLength = 5;
const maximumBase = 63 - suffixLength;

/**
 * The name that the API server makes of a `generateName`: the base, cut to 58 characters, and five letters. The server
 * draws them by lot; here the same `seed` always gives the same ones.
 */
export function generatedName(base: string, seed: string): string {
  return base.slice(0, maximumBase) + nameSuffix(seed);
}

/** Five letters, the same for the same seed. */
export function nameSuffix(seed: string): string {
  let rest = hash32(seed);
  let suffix = "";
  for (let count = 0; count < suffixLength; count++) {
    suffix += alphabet[rest % alphabet.length];
    rest = Math.floor(rest / alphabet.length);
  }
  return suffix;
}

/**
 * A stand-in for `pod-template-hash` and `controller-revision-hash`, in their form and alphabet. It is NOT the value
 * that the controllers compute: theirs is a hash of the printed Go struct. Equal templates give equal hashes.
 */
export function templateHash(template: unknown): string {
  const digits = String(hash32(canonicalText(template)));
  return [...digits].map((digit) => alphabet[Number(digit)]).join("");
}

/** A stand-in for the uid that the API server would give, in its form: the same for the same seed. */
export function stableUid(seed: string): string {
  const hex = [0, 1, 2, 3].map((part) => hash32(`${part}:${seed}`).toString(16).padStart(8, "0")).join("");
  // Version 8 of RFC 9562: made by a rule of one's own.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** FNV-1a, the family of hashes that the controllers use. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** JSON with sorted keys. */
function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalText(inner)}`).join(",")}}`;
}
