import { ProviderError, type QuantityText } from "@vkubelet/core";

type Family = "decimal" | "binary" | "exponent";

interface Suffix {
  readonly family: Family;
  /** One of the suffix in nano units; a power of ten below that is `divisor`. */
  readonly nanos: bigint;
  readonly divisor: bigint;
}

const nano = 1_000_000_000n;
const milli = 1_000_000n;
const kibi = 1024n;
const tebi = 2n ** 40n * nano;
const binaryCap = (2n ** 63n - 1n) * nano;
const maximumLength = 512;
const maximumExponent = 512;

const decimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"] as const;
const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"] as const;
const suffixes: ReadonlyMap<string, Suffix> = new Map([
  ...binarySuffixes.map((name, step) => [name, suffix("binary", 2n ** BigInt(step * 10) * nano)] as const),
  ...decimalSuffixes.map((name, step) => [name, suffix("decimal", 10n ** BigInt(step * 3))] as const),
]);
const form = /^([+-]?)(\d*)(?:\.(\d*))?([a-zA-Z]*|[eE][+-]?\d+)$/;
/** What Go's strings.TrimSpace takes away. */
const blanks = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/**
 * An exact Kubernetes quantity with nano precision (pod-semantics section 1). Immutable; compare by value, never by
 * text. Remembers the suffix family in which it was written, which decides only how it prints.
 */
export class Quantity {
  /** Nothing, in decimal form. */
  static readonly zero: Quantity = new Quantity(0n, "decimal");

  readonly #nanos: bigint;
  readonly #family: Family;

  private constructor(nanos: bigint, family: Family) {
    this.#nanos = nanos;
    this.#family = family;
  }

  /**
   * Reads a quantity as the API server does: surrounding blanks are trimmed, JSON numbers are read as their text,
   * null is zero and so is a suffix or a sign alone, more than nine decimal places round away from zero, binary values
   * are capped at 2^63-1.
   * Throws `InvalidInput` for anything else, and for texts and exponents beyond 512, which no resource needs.
   */
  static parse(text: QuantityText | null): Quantity {
    if (text === null) return Quantity.zero;
    const trimmed = trim(String(text));
    const match = trimmed.length <= maximumLength && trimmed !== "" ? form.exec(trimmed) : null;
    const [, sign = "", whole = "", fraction = "", unit = ""] = match ?? [];
    const suffix = match ? suffixOf(unit) : undefined;
    if (!suffix || (whole === "" && fraction === "" && !mayLackDigits(suffix))) throw invalid(trimmed);
    const magnitude = scaled(BigInt(whole + fraction), suffix, fraction.length);
    const capped = suffix.family === "binary" && magnitude > binaryCap ? binaryCap : magnitude;
    // Below one, powers of 1024 have no name.
    const family = suffix.family === "binary" && capped < nano ? "decimal" : suffix.family;
    return new Quantity(sign === "-" ? -capped : capped, family);
  }

  /** A whole number of base units (bytes, cores). */
  static ofInteger(value: bigint): Quantity {
    return new Quantity(value * nano, "decimal");
  }

  /** The exact sum; prints in the family of this quantity, or of `other` where this is zero. */
  add(other: Quantity): Quantity {
    return new Quantity(this.#nanos + other.#nanos, this.#familyWith(other));
  }

  /** The exact difference; may be negative. */
  sub(other: Quantity): Quantity {
    return new Quantity(this.#nanos - other.#nanos, this.#familyWith(other));
  }

  /** By value: `1024Mi` and `1Gi` are equal. */
  compare(other: Quantity): -1 | 0 | 1 {
    if (this.#nanos === other.#nanos) return 0;
    return this.#nanos < other.#nanos ? -1 : 1;
  }

  /** The larger of the two; this one when they are equal. */
  max(other: Quantity): Quantity {
    return this.compare(other) < 0 ? other : this;
  }

  isZero(): boolean {
    return this.#nanos === 0n;
  }

  isPositive(): boolean {
    return this.#nanos > 0n;
  }

  /** Rounded away from zero to thousandths, as the API server stores every entry of a resource list (Q4). */
  roundUpToMilli(): Quantity {
    if (this.#nanos % milli === 0n) return this;
    return new Quantity(divideAwayFromZero(this.#nanos, milli) * milli, this.#family);
  }

  /** Whole base units (bytes, cores), rounded up. */
  ceilToInteger(): bigint {
    return ceilDivide(this.#nanos, nano);
  }

  /** Thousandths of the base unit (millicores), rounded up. */
  ceilToMilli(): bigint {
    return ceilDivide(this.#nanos, milli);
  }

  /** How many `divisor`s this is, rounded up (D4). Throws `InvalidInput` unless the divisor is positive. */
  ceilDiv(divisor: Quantity): bigint {
    if (!divisor.isPositive()) {
      throw new ProviderError("InvalidInput", `quantity cannot be divided by ${divisor}: it is not positive`);
    }
    return ceilDivide(this.#nanos, divisor.#nanos);
  }

  /** How many multiples of `unit` base units hold this, rounded up: `scaleCeil(1024n)` counts KiB. `unit` is at least 1. */
  scaleCeil(unit: bigint): bigint {
    return this.ceilDiv(Quantity.ofInteger(unit));
  }

  /** The canonical form (Q6): no fraction, the largest suffix that loses nothing, the family kept where it can be. */
  toString(): string {
    if (this.#nanos === 0n) return "0";
    const magnitude = this.#nanos < 0n ? -this.#nanos : this.#nanos;
    const sign = this.#nanos < 0n ? "-" : "";
    const binary =
      this.#family === "binary" &&
      magnitude >= kibi * nano &&
      magnitude <= binaryCap &&
      magnitude % nano === 0n;
    return (
      sign + (binary ? binaryText(magnitude / nano) : decimalText(magnitude, this.#family === "exponent"))
    );
  }

  /** The canonical form, as the API writes it. */
  toJSON(): string {
    return this.toString();
  }

  #familyWith(other: Quantity): Family {
    return this.isZero() ? other.#family : this.#family;
  }
}

function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && blanks.test(text.charAt(start))) start += 1;
  while (end > start && blanks.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** Kubernetes takes a number without digits for zero, but only on the way that it reads numbers of usual size. */
function mayLackDigits({ family, nanos, divisor }: Suffix): boolean {
  return family === "binary" ? nanos <= tebi : divisor === 1n;
}

function suffix(family: Family, nanos: bigint, divisor = 1n): Suffix {
  return { family, nanos, divisor };
}

function suffixOf(text: string): Suffix | undefined {
  const known = suffixes.get(text);
  if (known !== undefined) return known;
  if (!/^[eE][+-]?\d+$/.test(text)) return undefined;
  const exponent = Number(text.slice(1));
  if (Math.abs(exponent) > maximumExponent) return undefined;
  const power = 10n ** BigInt(Math.abs(exponent + 9));
  return exponent >= -9 ? suffix("exponent", power) : suffix("exponent", 1n, power);
}

/** `digits` with `places` of them behind the point, times the suffix, in nano units rounded away from zero. */
function scaled(digits: bigint, { nanos, divisor }: Suffix, places: number): bigint {
  const amount = digits * nanos;
  if (places === 0 && divisor === 1n) return amount;
  return divideAwayFromZero(amount, divisor * 10n ** BigInt(places));
}

function binaryText(units: bigint): string {
  let value = units;
  let step = 0;
  while (step < binarySuffixes.length - 1 && value % kibi === 0n) {
    value /= kibi;
    step += 1;
  }
  return `${value}${binarySuffixes[step]}`;
}

function decimalText(nanos: bigint, exponent: boolean): string {
  let value = nanos;
  let power = -9;
  const last = exponent ? Number.MAX_SAFE_INTEGER : 18;
  while (power < last && value % 1000n === 0n) {
    value /= 1000n;
    power += 3;
  }
  if (exponent) return power === 0 ? `${value}` : `${value}e${power}`;
  return `${value}${decimalSuffixes[power / 3 + 3]}`;
}

/** `divisor` is positive. */
function ceilDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value > 0n && value % divisor !== 0n ? quotient + 1n : quotient;
}

/** `divisor` is positive. */
function divideAwayFromZero(value: bigint, divisor: bigint): bigint {
  return value < 0n ? -ceilDivide(-value, divisor) : ceilDivide(value, divisor);
}

function invalid(text: string): ProviderError {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return new ProviderError(
    "InvalidInput",
    `quantity "${shown}" cannot be read: write digits and one suffix of n u m k M G T P E Ki Mi Gi Ti Pi Ei, or an exponent`,
  );
}
