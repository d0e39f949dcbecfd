/** Powers of ten by decimal suffix, in units of one thousand-millionth. */
const decimal: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 1_000n,
  m: 1_000_000n,
  "": 10n ** 9n,
  k: 10n ** 12n,
  M: 10n ** 15n,
  G: 10n ** 18n,
  T: 10n ** 21n,
  P: 10n ** 24n,
  E: 10n ** 27n,
};

const binary: Readonly<Record<string, bigint>> = {
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
  Pi: 2n ** 50n,
  Ei: 2n ** 60n,
};

/** The value of a quantity in units of 10⁻⁹, rounded up; undefined when the text is no quantity. */
export function parseQuantity(value: unknown): bigint | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,3}))?$/.exec(
    String(value).trim(),
  );
  if (!match) return undefined;
  const [, sign, whole = "", fraction = "", suffix = "", exponent] = match;
  if (whole === "" && fraction === "") return undefined;
  const power = exponent === undefined ? 0 : Number(exponent);
  const unit = binary[suffix] !== undefined ? binary[suffix] * 10n ** 9n : (decimal[suffix] ?? 10n ** 9n);
  let numerator = BigInt(whole + fraction) * unit;
  let denominator = 10n ** BigInt(fraction.length);
  if (power >= 0) numerator *= 10n ** BigInt(power);
  else denominator *= 10n ** BigInt(-power);
  const rounded = (numerator + denominator - 1n) / denominator;
  return sign === "-" ? -rounded : rounded;
}

/** A quantity as text, from units of 10⁻⁹: with the largest suffix that leaves a whole number. */
export function formatQuantity(amount: bigint, isBinary: boolean): string {
  const one = 10n ** 9n;
  if (amount === 0n) return "0";
  const units =
    isBinary && amount % one === 0n
      ? Object.entries(binary).map(([suffix, unit]) => [suffix, unit * one] as const)
      : [];
  const found = units.filter(([, unit]) => amount % unit === 0n).at(-1);
  if (found) return `${amount / found[1]}${found[0]}`;
  const decimals = isBinary ? ["n", "u", "m", ""] : Object.keys(decimal);
  const suffix = decimals.filter((candidate) => amount % (decimal[candidate] ?? 1n) === 0n).at(-1) ?? "n";
  return `${amount / (decimal[suffix] ?? 1n)}${suffix}`;
}
