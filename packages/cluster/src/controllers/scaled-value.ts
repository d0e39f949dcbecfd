/** A number or a share (`25%`) of `total`, rounded as told. */
export function scaledValue(
  value: number | string | undefined,
  total: number,
  round: (value: number) => number,
): number {
  if (value === undefined) return 0;
  return typeof value === "number" ? value : round((Number.parseInt(value, 10) * total) / 100);
}
