/** How a quantity was written, which is how it is read back. */
type Format = "decimal" | "binary" | "exponent";

/** A quantity as `unscaled · 10^exponent`. */
interface Parsed {
  readonly unscaled: bigint;
  readonly exponent: number;
  readonly format: Format;
  /** The text as it was written, where the API server keeps it. */
  readonly kept?: string;
}

const form = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;

const decimalSuffixes: ReadonlyMap<string, number> = new Map([
  ["n", -9],
  ["u", -6],
  ["m", -3],
  ["", 0],
  ["k", 3],
  ["M", 6],
  ["G", 9],
  ["T", 12],
  ["P", 15],
  ["E", 18],
]);
const decimalByExponent = new Map([...decimalSuffixes].map(([suffix, exponent]) => [exponent, suffix]));

const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

const nano = -9;
const milli = -3;
/** Digits that the API server's fast way of reading takes. */
const fastDigits = 18;
const largest = 2n ** 63n - 1n;
const furthest = 2 ** 31;

/** Why a text is no quantity, in the API server's words. */
const wrongForm =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const wrongSuffix = "unable to parse quantity's suffix";

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** With no digits beyond 10^`scale`, rounded away from zero. */
function roundedTo(scale: number, quantity: Parsed): Parsed {
  const { unscaled, exponent, format } = quantity;
  if (exponent >= scale) return quantity;
  const digits = magnitude(unscaled).toString().length;
  const excess = scale - exponent;
  const divisor = 10n ** BigInt(Math.min(excess, digits + 1));
  const up = (magnitude(unscaled) + divisor - 1n) / divisor;
  return { unscaled: unscaled < 0n ? -up : up, exponent: scale, format };
}

function readDecimal(
  text: string,
  digits: { readonly whole: string; readonly fraction: string; readonly negative: boolean },
  suffixExponent: number,
  format: Format,
): Parsed {
  const shifted = digits.whole + digits.fraction;
  const exponent = suffixExponent - digits.fraction.length;
  const unscaled = BigInt(shifted) * (digits.negative ? -1n : 1n);
  const isFast = shifted.length <= fastDigits && exponent >= nano;
  if (!isFast) return roundedTo(nano, { unscaled, exponent, format });
  const isCanonical = exponent % 3 === 0 && !shifted.endsWith("000") && !shifted.startsWith("0");
  return { unscaled, exponent, format, ...(isCanonical ? { kept: text } : {}) };
}

function readBinary(
  text: string,
  digits: { readonly whole: string; readonly fraction: string; readonly negative: boolean },
  power: number,
): Parsed {
  const { whole, fraction, negative } = digits;
  const sign = negative ? -1n : 1n;
  const factor = 2n ** BigInt(power * 10);
  const precision = 14 - whole.length - Math.trunc(power * 3);
  if (fraction === "" && precision >= 0) {
    const value = BigInt(whole);
    const kept = (value & 7n) === 0n ? {} : { kept: text };
    return { unscaled: sign * value * factor, exponent: 0, format: "binary", ...kept };
  }
  const exact = { unscaled: BigInt(whole + fraction) * factor, exponent: -fraction.length };
  const { unscaled, exponent } = roundedTo(nano, { ...exact, format: "binary" });
  const unit = 10n ** BigInt(-exponent);
  if (unscaled > largest * unit) return { unscaled: sign * largest, exponent: 0, format: "binary" };
  return { unscaled: sign * unscaled, exponent, format: unscaled < unit ? "decimal" : "binary" };
}

function read(text: string): Parsed | string {
  const match = text === "" ? null : form.exec(text);
  if (!match) return wrongForm;
  const [, sign, integer = "", fraction = "", suffix = ""] = match;
  const digits = { whole: integer.replace(/^0+/, "") || "0", fraction, negative: sign === "-" };
  const decimal = decimalSuffixes.get(suffix);
  if (decimal !== undefined) return readDecimal(text, digits, decimal, "decimal");
  const power = binarySuffixes.indexOf(suffix);
  if (power > 0) return readBinary(text, digits, power);
  if (!/^[eE][+-]?\d+$/.test(suffix) || Math.abs(Number(suffix.slice(1))) >= furthest) return wrongSuffix;
  return readDecimal(text, digits, Number(suffix.slice(1)), "exponent");
}

function decimalText({ unscaled, exponent, format }: Parsed): string {
  let [amount, power] = [unscaled, exponent];
  while (amount % 10n === 0n) [amount, power] = [amount / 10n, power + 1];
  while (power % 3 !== 0) [amount, power] = [amount * 10n, power - 1];
  if (format === "exponent") return power === 0 ? `${amount}` : `${amount}e${power}`;
  // The API server itself forgets a power that no suffix stands for.
  return `${amount}${decimalByExponent.get(power) ?? ""}`;
}

function binaryText(value: bigint): string {
  let [amount, power] = [value, 0];
  while (amount % 1024n === 0n) [amount, power] = [amount / 1024n, power + 1];
  return `${amount}${binarySuffixes[power] ?? ""}`;
}

function text(quantity: Parsed): string {
  const { unscaled, exponent, format, kept } = quantity;
  if (kept !== undefined) return kept;
  if (unscaled === 0n) return "0";
  if (format !== "binary") return decimalText(quantity);
  const unit = 10n ** BigInt(-Math.min(exponent, 0));
  const isWhole = unscaled % unit === 0n;
  if (!isWhole || magnitude(unscaled) < 1024n * unit) return decimalText({ ...quantity, format: "decimal" });
  return binaryText(unscaled / unit);
}

/** A quantity as it is read back, or why it is none. */
export type CanonicalQuantity =
  | { readonly text: string; readonly problem?: never }
  | { readonly text?: never; readonly problem: string };

/**
 * A quantity as the API server gives it back: `4096Mi` as `4Gi`, `1000m` as `1`.
 * @param isAmount of a list of resources, which are rounded up to thousandths
 */
export function canonicalQuantity(value: string | number, isAmount: boolean): CanonicalQuantity {
  const parsed = read(String(value).trim());
  if (typeof parsed === "string") return { problem: parsed };
  return { text: text(isAmount ? roundedTo(milli, parsed) : parsed) };
}
