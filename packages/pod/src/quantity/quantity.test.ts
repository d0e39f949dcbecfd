import { isProviderError } from "@vkubelet/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Quantity } from "./quantity.ts";

const text = (quantity: string | number) => Quantity.parse(quantity).toString();
const equal = (left: string, right: string) => Quantity.parse(left).compare(Quantity.parse(right)) === 0;

describe("Quantity", () => {
  it("Q1: reads every form of number and suffix", () => {
    const cases: [string, bigint][] = [
      ["1", 1n],
      ["1.", 1n],
      [".5k", 500n],
      ["1.5k", 1500n],
      ["+2", 2n],
      ["-2", -2n],
      ["1k", 1000n],
      ["1M", 10n ** 6n],
      ["1G", 10n ** 9n],
      ["1T", 10n ** 12n],
      ["1P", 10n ** 15n],
      ["1Ki", 1024n],
      ["1Mi", 1024n ** 2n],
      ["1Gi", 1024n ** 3n],
      ["1Ti", 1024n ** 4n],
      ["1Pi", 1024n ** 5n],
      ["1Ei", 1024n ** 6n],
      ["  12  ", 12n],
    ];
    for (const [input, value] of cases) expect(Quantity.parse(input).ceilToInteger(), input).toBe(value);
    expect(equal("1000n", "1u")).toBe(true);
    expect(equal("1000u", "1m")).toBe(true);
  });

  it("Q1: numbers are read as text and null is zero", () => {
    expect(text(0.1)).toBe("100m");
    expect(text(1e21)).toBe("1e21");
    expect(Quantity.parse(null).isZero()).toBe(true);
  });

  it("Q1: anything else is InvalidInput", () => {
    const wrong = ["", " ", "K", "1K", "1ki", "1KB", "1mi", "1g", "1 Gi", "1.1.1", "1i", "1ee3", "NaN"];
    for (const input of [...wrong, "0x10", "1e", "1e9999999999", "9".repeat(600), "1,5"]) {
      expect(() => Quantity.parse(input), input).toThrow(/cannot be read/);
    }
    try {
      Quantity.parse(Number.NaN);
      expect.unreachable();
    } catch (error) {
      expect(isProviderError(error) && error.code).toBe("InvalidInput");
    }
  });

  it("Q1: a number without digits is zero, as Kubernetes reads it", () => {
    for (const input of [".", "-", "+", "m", "Ki", "-.Ti", "E", "e-9"]) expect(text(input), input).toBe("0");
    // These take another way through its reader, which wants a digit.
    for (const input of ["Pi", "+Ei", ".Pi", "e-10"]) {
      expect(() => Quantity.parse(input), input).toThrow(/cannot be read/);
    }
  });

  it("Q1: the blanks around a quantity are those of Go", () => {
    expect(text("\u0085\u00a0 1\n\u3000")).toBe("1");
    expect(() => Quantity.parse("\ufeff1")).toThrow(/cannot be read/);
  });

  it("Q2: E alone is exa, E with digits an exponent", () => {
    expect(Quantity.parse("1E").ceilToInteger()).toBe(10n ** 18n);
    expect(Quantity.parse("1E3").ceilToInteger()).toBe(1000n);
    expect(equal("1E3", "1e3")).toBe(true);
    expect(equal("1e-3", "1m")).toBe(true);
    expect(equal("1e+3", "1k")).toBe(true);
    expect(() => Quantity.parse("12e")).toThrow(/cannot be read/);
  });

  it("Q3: fractions work with binary suffixes and nothing is lost in sums", () => {
    expect(Quantity.parse("1.5Gi").ceilToInteger()).toBe(1_610_612_736n);
    expect(Quantity.parse("0.5Ki").ceilToInteger()).toBe(512n);
    expect(Quantity.parse("0.1").add(Quantity.parse("0.2")).toString()).toBe("300m");
    expect(Quantity.parse("1").sub(Quantity.parse("0.9")).toString()).toBe("100m");
  });

  it("Q4: more than nine decimal places round away from zero", () => {
    expect(text("0.0000000001")).toBe("1n");
    expect(text("-0.0000000001")).toBe("-1n");
    expect(text("1.0000000001")).toBe("1000000001n");
    expect(text("1e-400")).toBe("1e-9");
  });

  it("Q4: resource lists round up to milli", () => {
    expect(Quantity.parse("0.0001").roundUpToMilli().toString()).toBe("1m");
    expect(Quantity.parse("100m").roundUpToMilli().ceilToInteger()).toBe(1n);
  });

  it("Q5: reading as millicores or bytes rounds up", () => {
    expect(Quantity.parse("1001u").ceilToMilli()).toBe(2n);
    expect(Quantity.parse("1500m").ceilToInteger()).toBe(2n);
    expect(Quantity.parse("1.1").ceilToInteger()).toBe(2n);
    expect(Quantity.parse("-1.1").ceilToInteger()).toBe(-1n);
  });

  it("Q5: binary values are capped at 2^63-1", () => {
    expect(Quantity.parse("8Ei").ceilToInteger()).toBe(2n ** 63n - 1n);
    expect(Quantity.parse("-9Ei").ceilToInteger()).toBe(-(2n ** 63n - 1n));
    expect(Quantity.parse("10E").ceilToInteger()).toBe(10n ** 19n);
  });

  it("Q6: the canonical form has no fraction and the largest suffix that loses nothing", () => {
    const cases: [string, string][] = [
      ["1.5", "1500m"],
      ["1000m", "1"],
      ["1024Mi", "1Gi"],
      ["1.5Gi", "1536Mi"],
      ["0.5Gi", "512Mi"],
      ["0", "0"],
      ["0Gi", "0"],
      ["-1.5", "-1500m"],
      ["0.5Ki", "512"],
      ["1.0001Ki", "1024102400u"],
      ["1000000", "1M"],
      ["12e6", "12e6"],
      ["1.5e3", "1500"],
      ["1000E", "1000E"],
    ];
    for (const [input, canonical] of cases) expect(text(input), input).toBe(canonical);
    expect(JSON.stringify({ cpu: Quantity.parse("0.5") })).toBe('{"cpu":"500m"}');
  });

  it("Q6: a sum keeps the family of its first term that is not zero", () => {
    expect(Quantity.zero.add(Quantity.parse("1Gi")).add(Quantity.parse("1G")).toString()).toBe("2073741824");
    expect(Quantity.zero.add(Quantity.parse("1Gi")).add(Quantity.parse("1Gi")).toString()).toBe("2Gi");
    expect(Quantity.parse("1Gi").max(Quantity.parse("2G")).toString()).toBe("2G");
  });

  it("Q7: equal values compare equal whatever their text", () => {
    expect(equal("123Mi", "128974848")).toBe(true);
    expect(equal("123Mi", "128974848000m")).toBe(true);
    expect(equal("129M", "129e6")).toBe(true);
    expect(equal("129M", "129000k")).toBe(true);
    expect(Quantity.parse("1Ki").compare(Quantity.parse("1k"))).toBe(1);
    expect(Quantity.parse("1k").compare(Quantity.parse("1Ki"))).toBe(-1);
  });

  it("counts divisors and units rounded up, and refuses what is not positive", () => {
    expect(Quantity.parse("1500m").ceilDiv(Quantity.parse("1m"))).toBe(1500n);
    expect(Quantity.parse("1025Mi").scaleCeil(1024n ** 3n)).toBe(2n);
    expect(() => Quantity.parse("1").ceilDiv(Quantity.zero)).toThrow(/not positive/);
  });
});

const suffix = fc.constantFrom(
  "n",
  "u",
  "m",
  "",
  "k",
  "M",
  "G",
  "T",
  "P",
  "E",
  "Ki",
  "Mi",
  "Gi",
  "Ti",
  "e3",
  "E-2",
);
const number = fc
  .tuple(
    fc.constantFrom("", "-", "+"),
    fc.bigInt({ min: 0n, max: 10n ** 15n }),
    fc.stringMatching(/^(\.\d{0,12})?$/),
  )
  .map(([sign, whole, fraction]) => `${sign}${whole}${fraction}`);
const quantityText = fc.tuple(number, suffix).map(([value, unit]) => value + unit);

/** An independent reading: nano units from a fraction of two big integers. */
function oracle(input: string): bigint {
  const powers: Record<string, [bigint, bigint]> = {
    n: [1n, 10n ** 9n],
    u: [1n, 10n ** 6n],
    m: [1n, 1000n],
    "": [1n, 1n],
    k: [10n ** 3n, 1n],
    M: [10n ** 6n, 1n],
    G: [10n ** 9n, 1n],
    T: [10n ** 12n, 1n],
    P: [10n ** 15n, 1n],
    E: [10n ** 18n, 1n],
    Ki: [1n << 10n, 1n],
    Mi: [1n << 20n, 1n],
    Gi: [1n << 30n, 1n],
    Ti: [1n << 40n, 1n],
    e3: [1000n, 1n],
    "E-2": [1n, 100n],
  };
  const parts = /^([+-]?)(\d+)(?:\.(\d*))?(.*)$/.exec(input);
  if (!parts) throw new Error(input);
  const [, sign, whole, fraction = "", unit = ""] = parts;
  const power = powers[unit];
  if (!power) throw new Error(unit);
  const numerator = BigInt(`${whole}${fraction}`) * power[0] * 10n ** 9n;
  const denominator = 10n ** BigInt(fraction.length) * power[1];
  let nanos = (numerator + denominator - 1n) / denominator;
  const cap = (2n ** 63n - 1n) * 10n ** 9n;
  if (unit.endsWith("i") && nanos > cap) nanos = cap;
  return sign === "-" ? -nanos : nanos;
}

const inNanos = (nanos: bigint) => Quantity.parse(`${nanos}n`);

describe("Quantity properties", () => {
  it("Q6: the canonical text reads back as the same value and is a fixed point", () => {
    fc.assert(
      fc.property(quantityText, quantityText, (left, right) => {
        for (const quantity of [Quantity.parse(left), Quantity.parse(left).add(Quantity.parse(right))]) {
          const again = Quantity.parse(quantity.toString());
          expect(again.compare(quantity)).toBe(0);
          expect(again.toString()).toBe(quantity.toString());
        }
      }),
    );
  });

  it("Q3: reading, adding, subtracting and comparing agree with exact fractions", () => {
    fc.assert(
      fc.property(quantityText, quantityText, (left, right) => {
        const [a, b] = [Quantity.parse(left), Quantity.parse(right)];
        const [x, y] = [oracle(left), oracle(right)];
        expect(a.compare(inNanos(x))).toBe(0);
        expect(a.add(b).compare(inNanos(x + y))).toBe(0);
        expect(a.sub(b).compare(inNanos(x - y))).toBe(0);
        expect(a.compare(b)).toBe(x === y ? 0 : x < y ? -1 : 1);
      }),
    );
  });

  it("Q1: any text is either read or refused as InvalidInput", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+.0-9eEinumkKMGTP]{0,12}$/)), (input) => {
        try {
          Quantity.parse(input);
        } catch (error) {
          expect(isProviderError(error) && error.code).toBe("InvalidInput");
        }
      }),
    );
  });
});
