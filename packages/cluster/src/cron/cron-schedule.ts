import { type CronFields, parseFields } from "./cron-fields.ts";
import type { TimeZone } from "./time-zone.ts";

/** When something is to happen again and again. */
export interface CronSchedule {
  /** The first moment after `time`; undefined when there is none in the next five years. Milliseconds, UTC. */
  next(time: number): number | undefined;
}

const descriptors: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

const everyPrefix = "@every ";
const longestSearchDays = 5 * 366;
const minuteMs = 60_000;

const units: ReadonlyMap<string, number> = new Map([
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
]);

function parseDuration(text: string): number {
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text))
    throw new SyntaxError(`failed to parse duration ${everyPrefix}${text}: time: invalid duration "${text}"`);
  let total = 0;
  for (const [, amount, , unit] of text.matchAll(/(\d+(\.\d+)?)(h|ms|m|s)/g))
    total += Number(amount) * (units.get(unit ?? "") ?? 0);
  return Math.max(1000, Math.floor(total / 1000) * 1000);
}

/**
 * Reads a schedule by the rules of the CronJob controller: five fields, `@hourly` and its like, or `@every 1h30m`. Times
 * that the clocks jump over are left out; those that they show twice come twice, as in robfig/cron, which Kubernetes uses.
 * @throws SyntaxError
 */
export function parseSchedule(text: string, zone: TimeZone): CronSchedule {
  if (text.startsWith(everyPrefix)) {
    const delay = parseDuration(text.slice(everyPrefix.length));
    return { next: (time) => Math.floor(time / 1000) * 1000 + delay };
  }
  if (text.startsWith("@") && !descriptors.has(text))
    throw new SyntaxError(`unrecognized descriptor: ${text}`);
  const fields = parseFields(descriptors.get(text) ?? text);
  return { next: (time) => nextOf(fields, zone, time) };
}

/** Both day fields restricted: either will do. One open: the other decides. */
function matchesDay(fields: CronFields, date: Date): boolean {
  if (!fields.month.values.has(date.getUTCMonth() + 1)) return false;
  const day = fields.day.values.has(date.getUTCDate());
  const weekday = fields.weekday.values.has(date.getUTCDay());
  return fields.day.open || fields.weekday.open ? day && weekday : day || weekday;
}

function nextOf(fields: CronFields, zone: TimeZone, time: number): number | undefined {
  const from = Math.floor(time / minuteMs) * minuteMs + minuteMs;
  const local = zone.toLocal(from);
  for (let ahead = 0; ahead < longestSearchDays; ahead += 1) {
    const date = new Date(Date.UTC(local.year, local.month - 1, local.day + ahead));
    if (!matchesDay(fields, date)) continue;
    const found = nextWithin(fields, zone, date, from);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first matching minute of a local day that is not before `from`. */
function nextWithin(fields: CronFields, zone: TimeZone, date: Date, from: number): number | undefined {
  const day = date.getUTCDate();
  const start = zone.startOfDay(date.getUTCFullYear(), date.getUTCMonth() + 1, day);
  for (let time = Math.max(start, from); ; time += minuteMs) {
    const shown = zone.toLocal(time);
    if (shown.day !== day) return undefined;
    if (fields.hour.values.has(shown.hour) && fields.minute.values.has(shown.minute)) return time;
  }
}
