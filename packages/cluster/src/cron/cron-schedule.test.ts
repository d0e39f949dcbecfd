import { describe, expect, it } from "vitest";
import { parseSchedule } from "./cron-schedule.ts";
import { TimeZone } from "./time-zone.ts";

function next(schedule: string, from: string, zone = "UTC"): string | undefined {
  const time = parseSchedule(schedule, new TimeZone(zone)).next(Date.parse(from));
  return time === undefined ? undefined : new Date(time).toISOString();
}

describe("schedules", () => {
  it.each([
    ["* * * * *", "2026-01-01T00:00:30Z", "2026-01-01T00:01:00.000Z"],
    ["*/15 * * * *", "2026-01-01T00:45:00Z", "2026-01-01T01:00:00.000Z"],
    ["5/20 * * * *", "2026-01-01T00:26:00Z", "2026-01-01T00:45:00.000Z"],
    ["30 9 * * mon-fri", "2026-01-02T09:30:00Z", "2026-01-05T09:30:00.000Z"],
    ["0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00.000Z"],
    // Two restricted day fields: either will do.
    ["0 0 13 * FRI", "2026-01-03T00:00:00Z", "2026-01-09T00:00:00.000Z"],
    ["@monthly", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00.000Z"],
    ["@every 1h30m", "2026-01-01T00:00:00.500Z", "2026-01-01T01:30:00.000Z"],
  ])("%s after %s", (schedule, from, expected) => {
    expect(next(schedule, from)).toBe(expected);
  });

  it("follow the clocks of a zone: what they jump over is left out, what comes twice comes twice", () => {
    expect(next("0 8 * * *", "2026-07-01T00:00:00Z", "Europe/Berlin")).toBe("2026-07-01T06:00:00.000Z");
    expect(next("30 2 * * *", "2026-03-28T12:00:00Z", "Europe/Berlin")).toBe("2026-03-30T00:30:00.000Z");
    expect(next("30 2 * * *", "2026-10-25T00:00:00Z", "Europe/Berlin")).toBe("2026-10-25T00:30:00.000Z");
    expect(next("30 2 * * *", "2026-10-25T00:30:00Z", "Europe/Berlin")).toBe("2026-10-25T01:30:00.000Z");
  });

  it("never come on a day that no month has", () => {
    expect(next("0 0 30 2 *", "2026-01-01T00:00:00Z")).toBeUndefined();
  });

  it.each([
    ["* * * *", "expected exactly 5 fields, found 4: [* * * *]"],
    ["60 * * * *", "end of range (60) above maximum (59): 60"],
    ["* * * * 7", "end of range (7) above maximum (6): 7"],
    ["*/0 * * * *", "step of range should be a positive number: */0"],
    ["5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"],
    ["@never", "unrecognized descriptor: @never"],
  ])("refuse %s", (schedule, message) => {
    expect(() => next(schedule, "2026-01-01T00:00:00Z")).toThrow(message);
  });

  it("write times with the zone's offset", () => {
    const time = Date.parse("2026-07-01T06:00:00Z");
    expect(new TimeZone("Europe/Berlin").format(time)).toBe("2026-07-01T08:00:00+02:00");
    expect(new TimeZone("UTC").format(time)).toBe("2026-07-01T06:00:00Z");
  });
});
