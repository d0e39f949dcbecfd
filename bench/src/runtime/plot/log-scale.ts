/** Where values stand on a logarithmic axis: equal ratios are equal distances. */
export interface LogScale {
  readonly low: number;
  readonly high: number;
  /** Round numbers from `low` to `high`, both included. */
  readonly ticks: readonly number[];
  /** 0 at `low`, 1 at `high`. */
  share(value: number): number;
}

/** The values of an axis span at least this ratio: a small difference shall look small. */
const leastSpan = 5;
const mostTicks = 7;
/** Share of the axis that the text of a tick needs for itself. */
const textShare = 0.12;

/** A scale whose ends are 1, 2 or 5 times a power of ten; of no values, or none above 0, one from 1 to 10. */
export function logScale(values: readonly number[]): LogScale {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const known = positive.length === 0 ? [1, 10] : positive;
  let low = roundBelow(Math.min(...known));
  let high = roundAbove(Math.max(...known));
  // Room is made on both sides in turn, so that the values stay in the middle.
  for (let above = true; high / low < leastSpan; above = !above) {
    if (above) high = next(high);
    else low = previous(low);
  }
  const span = Math.log(high / low);
  return {
    low,
    high,
    ticks: ticksBetween(low, high),
    share: (value) => Math.log(value / low) / span,
  };
}

function ticksBetween(low: number, high: number): readonly number[] {
  const all: number[] = [];
  for (let tick = low; tick <= high * 1.001; tick = next(tick)) all.push(tick);
  if (all.length <= mostTicks) return all;
  const span = Math.log(high / low);
  const farFromEnds = (tick: number) =>
    Math.log(tick / low) > textShare * span && Math.log(high / tick) > textShare * span;
  return [low, ...all.slice(1, -1).filter((tick) => mantissa(tick) === 1 && farFromEnds(tick)), high];
}

function roundBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const factor = [5, 2, 1].find((factor) => factor * power <= value * 1.000_001) ?? 1;
  return exact(factor * power);
}

function roundAbove(value: number): number {
  const below = roundBelow(value);
  return below >= value * 0.999_999 ? below : next(below);
}

function next(tick: number): number {
  return exact(tick * (mantissa(tick) === 2 ? 2.5 : 2));
}

function previous(tick: number): number {
  return exact(tick / (mantissa(tick) === 5 ? 2.5 : 2));
}

function mantissa(tick: number): number {
  return Math.round(tick / 10 ** Math.floor(Math.log10(tick) + 1e-9));
}

function exact(value: number): number {
  return Number(value.toPrecision(3));
}
