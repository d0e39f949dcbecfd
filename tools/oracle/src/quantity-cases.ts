import { isProviderError } from "@vkubelet/core";
import { Quantity } from "@vkubelet/pod";
import type { CaseKind } from "./case-kind.ts";
import type { Random } from "./random.ts";

/** Two texts, each a quantity or not. */
export type QuantityCase = readonly [left: string, right: string];

const decimal = ["", "", "", "m", "k", "M", "G", "T", "P", "E", "n", "u"];
const binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const blanks = " \t\n\v\f\r\u0085\u00a0\u1680\u2003\u2028\u202f\u3000";
const characters = "0123456789..+-eEinumkKMGTPg x_,";
const lonely = [
  "",
  ".",
  "+",
  "-",
  "+.",
  "m",
  "Ki",
  "Ti",
  "Pi",
  ".Pi",
  "E",
  "e3",
  "-e-9",
  "e-10",
  ".k",
  "0.",
  "-0",
  "0Ki",
];

/** Quantities of every form, of every size, near-misses and noise; below the length and exponent that are refused. */
export const quantityCases: CaseKind<QuantityCase> = {
  name: "quantity",
  generate: (random) => [quantityText(random), quantityText(random)],
  isValid: (texts) => texts.every(isWithinLimits),
  question: (texts) => texts,
  answer: ([left, right]) => {
    const [a, b] = [read(left), read(right)];
    return {
      a: a && factsOf(a),
      b: b && factsOf(b),
      rounded: a && exactly(a.roundUpToMilli()),
      compare: a && b && a.compare(b),
      sum: a && b && exactly(a.add(b)),
      less: a && b && exactly(a.sub(b)),
    };
  },
};

/** Whether the text's exponent is one that this project reads at all. */
function isWithinLimits(text: string): boolean {
  return Math.abs(Number(/[eE]([+-]?\d+)/.exec(text)?.[1] ?? 0)) <= 512;
}

function quantityText(random: Random): string {
  const text = anyText(random);
  return isWithinLimits(text) ? text : "";
}

function anyText(random: Random): string {
  const kind = random.below(100);
  if (kind < 80) return wellFormed(random);
  if (kind < 88) return mutated(random, wellFormed(random));
  if (kind < 92)
    return random.text(blanks, random.below(3)) + wellFormed(random) + random.text(blanks, random.below(3));
  if (kind < 96) return random.pick(lonely);
  return random.text(characters, random.below(10));
}

/** A number and a suffix, most of them as people write them, some at the edges of 64 bits and of nano. */
export function wellFormed(
  random: Random,
  signs: readonly string[] = ["", "", "", "", "", "-", "+"],
): string {
  return random.pick(signs) + digits(random) + suffix(random);
}

function digits(random: Random): string {
  switch (random.below(8)) {
    case 0:
      return "9223372036854775807".slice(0, 1 + random.below(19)) + random.text("0789", random.below(3));
    case 1:
      return random.text("0123456789", 1 + random.below(25));
    case 2:
      return `${random.text("0123456789", random.below(12))}.${random.text("0123456789", random.below(14))}`;
    case 3:
      return `.${random.text("0123456789", 1 + random.below(12))}`;
    case 4:
      return `${random.text("0", random.below(3))}${random.below(2048)}${random.text("0", random.below(12))}`;
    case 5:
      return `${1024 * (1 + random.below(1024))}`;
    case 6:
      return `${random.below(100)}.${random.below(1000)}${random.text("0", random.below(5))}`;
    default:
      return `${random.below(5000)}`;
  }
}

function suffix(random: Random): string {
  const kind = random.below(10);
  if (kind < 5) return random.pick(decimal);
  if (kind < 8) return random.pick(binary);
  const exponent = random.below(random.chance(5) ? 400 : 25);
  return random.pick(["e", "E"]) + random.pick(["", "+", "-"]) + random.pick(["", "0"]) + exponent;
}

function mutated(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const rest = text.slice(at + random.below(2));
  return (
    text.slice(0, at) + (random.chance(70) ? characters.charAt(random.below(characters.length)) : "") + rest
  );
}

function read(text: string): Quantity | null {
  try {
    return Quantity.parse(text);
  } catch (error) {
    if (isProviderError(error) && error.code === "InvalidInput") return null;
    throw error;
  }
}

const nano = Quantity.parse("1n");
const largest = 2n ** 63n - 1n;

/** In nano units and, where Kubernetes' own text can be trusted, as text. */
function exactly(quantity: Quantity): { nanos: string; text: string } {
  const nanos = quantity.ceilDiv(nano);
  // Beyond 63 bits Kubernetes prints suffixes that it does not have as none (1000E as 1), and caps what it reads back.
  const magnitude = nanos < 0n ? -nanos : nanos;
  return { nanos: `${nanos}`, text: magnitude <= largest * 1_000_000_000n ? quantity.toString() : "" };
}

function factsOf(quantity: Quantity): object {
  return {
    ...exactly(quantity),
    milli: rounded(quantity, quantity.ceilToMilli()),
    whole: rounded(quantity, quantity.ceilToInteger()),
  };
}

/** Kubernetes rounds negative numbers up or down as it happens to hold them, and overflows beyond 64 bits. */
function rounded(quantity: Quantity, value: bigint): string {
  return quantity.compare(Quantity.zero) < 0 || value > largest ? "" : `${value}`;
}
