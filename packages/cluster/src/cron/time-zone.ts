/** A time as the clocks of a time zone show it. */
export interface LocalTime {
  readonly year: number;
  /** From 1 on. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Zones change their offset at full quarters of an hour only, so that one look serves for a quarter. */
const stepMs = 15 * 60_000;

/** The clocks of a time zone, after the system's time zone data (`Intl`). */
export class TimeZone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  #known: { readonly step: number; readonly offset: number } | undefined;

  /** @throws RangeError when there is no such zone */
  constructor(name: string) {
    this.name = name;
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /** Milliseconds that local time is ahead of UTC at a moment. */
  offsetAt(time: number): number {
    const step = Math.floor(time / stepMs);
    if (this.#known?.step === step) return this.#known.offset;
    const at = step * stepMs;
    const parts = new Map(this.#format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
    const shown = Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
      part("second"),
    );
    const offset = shown - at;
    this.#known = { step, offset };
    return offset;
  }

  toLocal(time: number): LocalTime {
    const shown = new Date(time + this.offsetAt(time));
    return {
      year: shown.getUTCFullYear(),
      month: shown.getUTCMonth() + 1,
      day: shown.getUTCDate(),
      hour: shown.getUTCHours(),
      minute: shown.getUTCMinutes(),
      second: shown.getUTCSeconds(),
    };
  }

  /** The first moment of a local day. */
  startOfDay(year: number, month: number, day: number): number {
    const shown = Date.UTC(year, month - 1, day);
    // A day begins between its midnight at UTC+14 and that at UTC-12; clocks that jump over midnight begin it later.
    for (let time = shown - 14 * 3_600_000; ; time += stepMs) {
      if (time + this.offsetAt(time) >= shown) return time;
    }
  }

  /** RFC 3339 text with the zone's offset, whole seconds. */
  format(time: number): string {
    const offset = Math.round(this.offsetAt(time) / 60_000);
    const shown = new Date(time + offset * 60_000).toISOString().slice(0, 19);
    if (offset === 0) return `${shown}Z`;
    const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, "0");
    const minutes = String(Math.abs(offset) % 60).padStart(2, "0");
    return `${shown}${offset < 0 ? "-" : "+"}${hours}:${minutes}`;
  }
}
