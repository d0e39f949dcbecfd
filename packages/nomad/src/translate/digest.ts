/** A digest (FNV-1a, then mixed) of the UTF-8 bytes of `text`, as 8 hex digits. Names things; protects nothing. */
export function digest32(text: string): string {
  return lane(new TextEncoder().encode(text), 0x811c9dc5, 0x01000193).toString(16).padStart(8, "0");
}

/** Two independent lanes of 32 bits over `text`, as 16 hex digits. Tells texts apart; protects nothing. */
export function digest64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const first = lane(bytes, 0x811c9dc5, 0x01000193);
  const second = lane(bytes, 0x9e3779b9, 0x85ebca6b);
  return first.toString(16).padStart(8, "0") + second.toString(16).padStart(8, "0");
}

function lane(bytes: Uint8Array, seed: number, factor: number): number {
  let hash = seed;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, factor);
  // The last multiplication leaves the low bits weak.
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x45d9f3b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
