import type { ConfigMap, Secret } from "@vkubelet/core";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes of base64 text; undefined where it is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.replace(/=+$/, "").length % 4 === 1) return undefined;
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/** The text that bytes hold; undefined where they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The UTF-8 bytes of a text. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/** What one key of a Secret holds as text: `absent` without the key, `malformed` where it is no base64 of UTF-8. */
export function secretText(secret: Secret, key: string): { text: string } | "absent" | "malformed" {
  const encoded = ownEntry(secret.data, key);
  if (encoded === undefined) return "absent";
  const bytes = decodeBase64(encoded);
  const text = bytes && decodeText(bytes);
  return text === undefined ? "malformed" : { text };
}

/** The text of one key of a ConfigMap's `data`. */
export function configMapText(configMap: ConfigMap, key: string): string | undefined {
  return ownEntry(configMap.data, key);
}

/**
 * All keys of a ConfigMap with their bytes, `binaryData` included; undefined bytes are no base64. A key in both, which
 * the API server refuses, is that of `prevails`.
 */
export function configMapBytes(
  configMap: ConfigMap,
  prevails: "data" | "binaryData",
): ReadonlyMap<string, Uint8Array | undefined> {
  const texts = Object.entries(configMap.data ?? {}).map(([key, text]) => [key, encodeText(text)] as const);
  const binaries = Object.entries(configMap.binaryData ?? {}).map(
    ([key, text]) => [key, decodeBase64(text)] as const,
  );
  return new Map(prevails === "data" ? [...binaries, ...texts] : [...texts, ...binaries]);
}

/** All keys of a Secret with their bytes; undefined bytes are no base64. */
export function secretBytes(secret: Secret): ReadonlyMap<string, Uint8Array | undefined> {
  return new Map(Object.entries(secret.data ?? {}).map(([key, text]) => [key, decodeBase64(text)] as const));
}

function ownEntry(entries: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return entries && Object.hasOwn(entries, key) ? entries[key] : undefined;
}
