import { inexactMessage } from "./source-node.ts";

/** What a scalar of YAML is, or why it is nothing that JSON can hold. */
export type ScalarOutcome =
  | { readonly value: string | number | boolean | null }
  | { readonly problem: string };

const words: ReadonlyMap<string, boolean | null | number> = new Map<string, boolean | null | number>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map(
    (word) => [word, true] as const,
  ),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map(
    (word) => [word, false] as const,
  ),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, Number.NaN] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map(
    (word) => [word, Number.POSITIVE_INFINITY] as const,
  ),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|([1-9][0-9]*|0))$/;
const largest = 2n ** 64n - 1n;
const standardTags = "tag:yaml.org,2002:";

/**
 * A scalar without quotes or with a tag, by the rules of kubectl's YAML reader (go-yaml v2), which are neither those of
 * YAML 1.1 nor of 1.2: `yes`, `on` and `y` are true, `0644` and `0o644` are octal, `1_000` is a thousand, a time stays
 * text. `tag` is the resolved tag, undefined where there is none.
 */
export function resolveScalar(text: string, tag: string | undefined): ScalarOutcome {
  const name = tag?.startsWith(standardTags) ? tag.slice(standardTags.length) : tag;
  switch (name) {
    case undefined:
      return plainScalar(text);
    case "bool":
    case "null":
    case "int":
    case "float":
      return taggedScalar(text, name);
    case "binary":
      return binaryScalar(text);
    default:
      return { value: text };
  }
}

function plainScalar(text: string): ScalarOutcome {
  const word = words.get(text);
  if (typeof word === "number") return { problem: "is a number that JSON cannot hold" };
  if (word !== undefined) return { value: word };
  const first = text.charAt(0);
  if (first === ".") return { value: finite(text) ?? text };
  if (first !== "+" && first !== "-" && (first < "0" || first > "9")) return { value: text };
  const digits = text.replaceAll("_", "");
  const whole = wholeNumber(digits);
  if (whole === undefined) return { value: finite(digits) ?? text };
  // Adding zero turns -0 into 0.
  return Number.isSafeInteger(Number(whole)) ? { value: Number(whole) + 0 } : { problem: inexactMessage };
}

/** A whole number as Go reads it with base 0: within 64 bits, signed, or unsigned without a sign. */
function wholeNumber(text: string): bigint | undefined {
  const match = integer.exec(text);
  if (!match) return undefined;
  const [, sign, hexadecimal, octal, binary, decimal] = match;
  const magnitude =
    hexadecimal !== undefined
      ? BigInt(`0x${hexadecimal}`)
      : octal !== undefined
        ? BigInt(`0o${octal}`)
        : BigInt(binary !== undefined ? `0b${binary}` : (decimal ?? "0"));
  const limit = sign === "-" ? 2n ** 63n : sign === "+" ? 2n ** 63n - 1n : largest;
  if (magnitude > limit) return undefined;
  return sign === "-" ? -magnitude : magnitude;
}

function finite(text: string): number | undefined {
  if (!float.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value + 0 : undefined;
}

function taggedScalar(text: string, tag: "bool" | "null" | "int" | "float"): ScalarOutcome {
  const plain = plainScalar(text);
  if ("problem" in plain) return plain;
  const { value } = plain;
  const fits =
    tag === "null"
      ? value === null
      : tag === "bool"
        ? typeof value === "boolean"
        : typeof value === "number" &&
          (tag === "float" || wholeNumber(text.replaceAll("_", "")) !== undefined);
  return fits ? plain : { problem: `is no !!${tag}` };
}

function binaryScalar(text: string): ScalarOutcome {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll(/[\r\n]/g, "")), (letter) => letter.charCodeAt(0));
    return { value: new TextDecoder().decode(bytes) };
  } catch {
    // atob throws for nothing but letters that are not base64, which is what is said of the value.
    return { problem: "is no base64 text, as its tag !!binary says" };
  }
}

/**
 * The key of a JSON object that a scalar is, or undefined for null, which is none. `text` is how it was written: numbers
 * with a point or an exponent print as Go's floats do.
 */
export function keyText(value: string | number | boolean | null, text: string): string | undefined {
  if (value === null) return undefined;
  const isFloat = typeof value === "number" && wholeNumber(text.replaceAll("_", "")) === undefined;
  return isFloat ? shortFloat(value) : String(value);
}

/** As Go prints a float with the format `g` in 32 bits: the shortest digits, an exponent below 1e-4 and from 1e6. */
function shortFloat(value: number): string {
  const narrow = Math.fround(value);
  let shortest = value;
  for (let digits = 1; digits <= 9; digits++) {
    shortest = Number(value.toPrecision(digits));
    if (Math.fround(shortest) === narrow) break;
  }
  const magnitude = Math.abs(shortest);
  if (magnitude === 0 || (magnitude >= 1e-4 && magnitude < 1e6)) return String(shortest);
  const [mantissa = "", exponent = ""] = shortest.toExponential().split("e");
  return `${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, "0")}`;
}
