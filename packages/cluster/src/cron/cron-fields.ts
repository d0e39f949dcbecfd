/** The values of one field; `open` when it was left open with `*` or `?`. */
export interface CronField {
  readonly values: ReadonlySet<number>;
  readonly open: boolean;
}

/** The five fields of a schedule. */
export interface CronFields {
  readonly minute: CronField;
  readonly hour: CronField;
  readonly day: CronField;
  readonly month: CronField;
  readonly weekday: CronField;
}

interface Bounds {
  readonly first: number;
  readonly last: number;
  readonly names?: readonly string[];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const bounds = {
  minute: { first: 0, last: 59 },
  hour: { first: 0, last: 23 },
  day: { first: 1, last: 31 },
  month: { first: 1, last: 12, names: months },
  weekday: { first: 0, last: 6, names: weekdays },
} as const satisfies Record<keyof CronFields, Bounds>;

function parseNumber(text: string, { first, names }: Bounds): number {
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  if (index >= 0) return first + index;
  if (!/^\d{1,4}$/.test(text))
    throw new SyntaxError(
      `failed to parse int from ${text}: strconv.Atoi: parsing "${text}": invalid syntax`,
    );
  return Number(text);
}

// A star, 5 or 1-5, each with a step if need be: 10-20/2 is every second from 10 to 20, 3/7 every seventh from 3 on.
function parseRange(text: string, limits: Bounds): CronField {
  const [range = "", stepText, ...moreSteps] = text.split("/");
  const [low = "", high, ...moreEnds] = range.split("-");
  if (moreSteps.length > 0) throw new SyntaxError(`too many slashes: ${text}`);
  if (moreEnds.length > 0) throw new SyntaxError(`too many hyphens: ${text}`);
  const all = low === "*" || low === "?";
  const first = all ? limits.first : parseNumber(low, limits);
  let last = all ? limits.last : high === undefined ? first : parseNumber(high, limits);
  const step = stepText === undefined ? 1 : parseNumber(stepText, { first: 0, last: 0 });
  if (stepText !== undefined && !all && high === undefined) last = limits.last;
  if (first < limits.first)
    throw new SyntaxError(`beginning of range (${first}) below minimum (${limits.first}): ${text}`);
  if (last > limits.last)
    throw new SyntaxError(`end of range (${last}) above maximum (${limits.last}): ${text}`);
  if (first > last)
    throw new SyntaxError(`beginning of range (${first}) beyond end of range (${last}): ${text}`);
  if (step === 0) throw new SyntaxError(`step of range should be a positive number: ${text}`);
  const values = new Set<number>();
  for (let value = first; value <= last; value += step) values.add(value);
  return { values, open: all && step === 1 };
}

function parseField(text: string, limits: Bounds): CronField {
  const ranges = text.split(",").map((range) => parseRange(range, limits));
  return {
    values: new Set(ranges.flatMap(({ values }) => [...values])),
    open: ranges.some(({ open }) => open),
  };
}

/** Reads the five fields of a schedule. @throws SyntaxError */
export function parseFields(text: string): CronFields {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5)
    throw new SyntaxError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(" ")}]`);
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  return {
    minute: parseField(minute, bounds.minute),
    hour: parseField(hour, bounds.hour),
    day: parseField(day, bounds.day),
    month: parseField(month, bounds.month),
    weekday: parseField(weekday, bounds.weekday),
  };
}
