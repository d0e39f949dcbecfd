import { ProviderError } from "@vkubelet/core";
import { joinKey } from "../audit/field-path.ts";

/** A value of JSON; whole numbers beyond ±(2^53-1) stay `bigint`. */
export type WireJson = string | number | bigint | boolean | null | readonly WireJson[] | WireObject;

export interface WireObject {
  readonly [key: string]: WireJson;
}

/**
 * A request as it goes over the wire: `undefined` is left out, in lists it is null; bytes are base64. Keys keep their
 * order. Throws `Internal` that names the path for anything that has no form in JSON (a Date, a Map, NaN): what a
 * request would become must not be guessed.
 */
export function wireJson(value: unknown, path = "input"): WireJson {
  if (
    value === null ||
    typeof value === "string" ||
    typeof value === "boolean" ||
    typeof value === "bigint"
  ) {
    return value;
  }
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (value instanceof Uint8Array) return bytesAsBase64(value);
  if (Array.isArray(value)) {
    return value.map((item, index) => (item === undefined ? null : wireJson(item, `${path}[${index}]`)));
  }
  if (typeof value === "object" && isPlain(value)) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(entries.map(([key, inner]) => [key, wireJson(inner, joinKey(path, key))]));
  }
  throw new ProviderError("Internal", `${path} cannot be written as JSON: it is ${describe(value)}`);
}

/** JSON text, indented by two spaces as `JSON.stringify` does it, in which whole numbers keep all their digits. */
export function wireText(value: WireJson, indent = ""): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const [open, close, items] = isList(value)
    ? ["[", "]", value.map((item) => wireText(item, deeper))]
    : [
        "{",
        "}",
        Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${wireText(inner, deeper)}`),
      ];
  if (items.length === 0) return open + close;
  return `${open}\n${items.map((item) => deeper + item).join(",\n")}\n${indent}${close}`;
}

/** Base64 with padding. */
export function bytesAsBase64(bytes: Uint8Array): string {
  let characters = "";
  for (const byte of bytes) characters += String.fromCharCode(byte);
  return btoa(characters);
}

function isList(value: readonly WireJson[] | WireObject): value is readonly WireJson[] {
  return Array.isArray(value);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value === "object") return `an instance of ${value?.constructor?.name ?? "a class"}`;
  return typeof value === "number" ? String(value) : `of type ${typeof value}`;
}
